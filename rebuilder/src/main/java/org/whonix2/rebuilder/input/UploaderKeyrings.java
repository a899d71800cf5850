package org.whonix2.rebuilder.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.SignerSearch;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.ArchivedBinary;

/**
 * The keys of Debian's uploaders: the keyrings of its developers and maintainers in the package
 * debian-keyring, as the archive's signed index names it; not those of its machines and of people
 * who do not upload. The package is kept between rebuilds under its digest, which is checked each
 * time; nothing of it is installed or run.
 */
final class UploaderKeyrings {
  private static final PackageName PACKAGE = new PackageName("debian-keyring");
  private static final Pattern KEYRING =
      Pattern.compile("usr/share/keyrings/debian-(?:keyring|maintainers)\\.(?:gpg|pgp)");

  private final Path deb;

  private UploaderKeyrings(Path deb) {
    this.deb = deb;
  }

  /**
   * Takes the newest that the archive has.
   *
   * @param aside an empty folder to download into
   * @param kept where it is kept
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
    Path deb = kept.resolve(newest.digest() + ".deb");
    if (!isWhole(deb, newest.digest())) {
      removeOld(kept);
      Path fetched = apt.download(newest, aside);
      Path beside = kept.resolve(newest.digest() + "." + UUID.randomUUID() + ".new");
      Files.copy(fetched, beside, StandardCopyOption.REPLACE_EXISTING);
      Files.move(beside, deb, StandardCopyOption.ATOMIC_MOVE);
    }
    return new UploaderKeyrings(deb);
  }

  private static boolean isWhole(Path deb, Sha256 digest) throws IOException {
    if (!Files.isRegularFile(deb)) {
      return false;
    }
    try (InputStream in = Files.newInputStream(deb)) {
      return Sha256.of(in).equals(digest);
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
    int[] keyrings = {0};
    DebContent.visit(
        deb,
        (name, size, content) -> {
          if (KEYRING.matcher(name).matches()) {
            keyrings[0]++;
            try {
              search.in(content);
            } catch (MalformedInputException e) {
              throw e.at(name);
            }
          }
        });
    if (keyrings[0] == 0) {
      throw new MalformedInputException("expected keyrings in " + PACKAGE + ", found none");
    }
  }
}
