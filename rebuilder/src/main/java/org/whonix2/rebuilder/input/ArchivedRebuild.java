package org.whonix2.rebuilder.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.apt.ArchivedBinary;
import org.whonix2.rebuilder.apt.ArchivedSource;

/**
 * Finds the changelog entry of a binary-only rebuild in one of the packages that the archive has of
 * it. debhelper puts it into a file of its own, named for the architecture.
 */
final class ArchivedRebuild {
  private static final Pattern NUMBER = Pattern.compile(".*\\+b([1-9][0-9]{0,4})");
  private static final int MOST_TRIED = 5;
  private static final long MOST_BYTES = 256 << 20;

  private final Fetching fetching;

  ArchivedRebuild(Fetching fetching) {
    this.fetching = fetching;
  }

  /**
   * The archive's newest rebuild of this source for this machine's architecture, if there is one.
   *
   * @throws CommandException if there is one, but not its changelog entry
   */
  Optional<BinaryRebuild> find(ArchivedSource source)
      throws IOException, CommandException, MalformedInputException {
    Architecture own = fetching.apt().architecture();
    List<ArchivedBinary> rebuilt = new ArrayList<>();
    int newest = 0;
    for (ArchivedBinary binary : fetching.apt().binaries(source.binaries())) {
      int number = number(binary);
      if (binary.isOf(source) && binary.identity().architecture().equals(own) && number > 0) {
        rebuilt.add(binary);
        newest = Math.max(newest, number);
      }
    }
    int wanted = newest;
    List<ArchivedBinary> smallest =
        rebuilt.stream()
            .filter(binary -> number(binary) == wanted && binary.size() <= MOST_BYTES)
            .sorted(Comparator.comparingLong(ArchivedBinary::size))
            .limit(MOST_TRIED)
            .toList();
    for (ArchivedBinary binary : smallest) {
      Optional<String> entry = entry(binary, own);
      if (entry.isPresent()) {
        return Optional.of(parse(entry.get(), binary, source));
      }
    }
    if (newest > 0) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          source
              + ": the archive has packages of its binary-only rebuild +b"
              + newest
              + ", but the rebuild's changelog entry is in none of those looked at",
          "a .buildinfo of that rebuild has the entry: use --buildinfo");
    }
    return Optional.empty();
  }

  private static int number(ArchivedBinary binary) {
    Matcher number = NUMBER.matcher(binary.identity().version().toString());
    return number.matches() ? Integer.parseInt(number.group(1)) : 0;
  }

  private static BinaryRebuild parse(String entry, ArchivedBinary binary, ArchivedSource source)
      throws MalformedInputException {
    try {
      BinaryRebuild rebuild = BinaryRebuild.parse(entry, source.name(), source.version());
      if (!rebuild.version().toString().endsWith("+b" + number(binary))) {
        throw new MalformedInputException(
            "expected an entry of +b" + number(binary) + ", found " + rebuild.version());
      }
      return rebuild;
    } catch (MalformedInputException e) {
      throw e.at("the changelog in " + binary.identity());
    }
  }

  private Optional<String> entry(ArchivedBinary binary, Architecture own)
      throws IOException, CommandException, MalformedInputException {
    Path folder = Files.createDirectory(fetching.aside().resolve("rebuild-" + binary.digest()));
    return entry(fetching.apt().download(binary, folder), binary.identity().name(), own);
  }

  /** The entry in a .deb, if it has such a file. */
  static Optional<String> entry(Path deb, PackageName name, Architecture architecture)
      throws IOException, MalformedInputException {
    String folder = "usr/share/doc/" + name + "/";
    // The second is a native package's.
    List<String> names =
        List.of(
            folder + "changelog.Debian." + architecture + ".gz",
            folder + "changelog." + architecture + ".gz");
    List<String> found = new ArrayList<>();
    DebContent.visit(
        deb,
        (file, size, content) -> {
          if (names.contains(file)) {
            found.add(text(content));
          }
        });
    return found.stream().findFirst();
  }

  private static String text(InputStream packed) throws IOException, MalformedInputException {
    byte[] text =
        new GzipCompressorInputStream(packed).readNBytes(BinaryRebuild.MOST_CHARACTERS + 1);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedInputException("expected a changelog in UTF-8", e);
    }
  }
}
