package org.whonix2.rebuilder.input;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.SignerSearch;
import org.whonix2.core.openpgp.SlimKeyring;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.ArchivedBinary;

/**
 * The keys of Debian's uploaders: the keyrings of its developers and maintainers in the package
 * debian-keyring, as the archive's signed index names it; not those of its machines and of people
 * who do not upload. Nothing of the package is installed or run.
 *
 * <p>The keyrings are kept between rebuilds, one after the other in one file and without what other
 * people signed, as unpacking takes longer than looking through them. The file's name has two
 * digests: that of the package, so that it stands for no other, and that of the file itself, which
 * is checked each time.
 */
final class UploaderKeyrings {
  private static final PackageName PACKAGE = new PackageName("debian-keyring");
  private static final Pattern KEYRING =
      Pattern.compile("usr/share/keyrings/debian-(?:keyring|maintainers)\\.(?:gpg|pgp)");

  /** Another one for each way in which the keyrings were copied. */
  private static final String FORM = ".slim1.pgp";

  private final Path keys;

  private UploaderKeyrings(Path keys) {
    this.keys = keys;
  }

  /**
   * Takes the newest that the archive has.
   *
   * @param aside an empty folder to download into
   * @param kept where they are kept
   * @throws CommandException if the archive has none
   */
  static UploaderKeyrings fetch(AptRoot apt, Path aside, Path kept)
      throws IOException, CommandException, MalformedInputException {
    ArchivedBinary newest =
        apt.binaries(List.of(PACKAGE)).stream()
            .filter(binary -> binary.identity().name().equals(PACKAGE))
            .max(Comparator.comparing(binary -> binary.identity().version()))
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.OUTSIDE_FAILED,
                        "the archive has no package " + PACKAGE + " with the uploaders' keys"));
    Files.createDirectories(kept);
    Optional<Path> known = find(kept, newest.digest());
    if (known.isPresent()) {
      return new UploaderKeyrings(known.get());
    }
    removeOld(kept);
    Path unpacked = kept.resolve(UUID.randomUUID() + ".new");
    try {
      unpack(apt.download(newest, aside), unpacked);
      Path file = kept.resolve(newest.digest() + "." + digest(unpacked) + FORM);
      Files.move(unpacked, file, StandardCopyOption.ATOMIC_MOVE);
      return new UploaderKeyrings(file);
    } finally {
      Files.deleteIfExists(unpacked);
    }
  }

  /** What was kept of this package, if it is whole. */
  private static Optional<Path> find(Path kept, Sha256 deb) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(kept, deb + ".*" + FORM)) {
      for (Path file : files) {
        if (file.endsWith(deb + "." + digest(file) + FORM)) {
          return Optional.of(file);
        }
      }
    }
    return Optional.empty();
  }

  private static Sha256 digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Sha256.of(in);
    }
  }

  private static void unpack(Path deb, Path into) throws IOException, MalformedInputException {
    int[] keyrings = {0};
    try (OutputStream out = Files.newOutputStream(into)) {
      DebContent.visit(
          deb,
          (name, size, content) -> {
            if (KEYRING.matcher(name).matches()) {
              keyrings[0]++;
              SlimKeyring.copy(new BufferedInputStream(content), out);
            }
          });
    }
    if (keyrings[0] == 0) {
      throw new MalformedInputException("expected keyrings in " + PACKAGE + ", found none");
    }
  }

  /** What was not fetched lately; other suites' rebuilds use others at the same time. */
  private static void removeOld(Path kept) throws IOException {
    Instant old = Instant.now().minus(Duration.ofDays(90));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(kept)) {
      for (Path file : files) {
        try {
          if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
            Files.deleteIfExists(file);
          }
        } catch (NoSuchFileException e) {
          // Another rebuild removed it.
        }
      }
    }
  }

  /** Looks through all of them. */
  void search(SignerSearch search) throws IOException, MalformedInputException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(keys), 1 << 16)) {
      search.in(in);
    } catch (MalformedInputException e) {
      throw e.at(PACKAGE.toString());
    }
  }
}
