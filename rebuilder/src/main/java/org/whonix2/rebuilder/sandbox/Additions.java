package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.whonix2.io.cli.CommandException;
import org.whonix2.rebuilder.apt.AptComplaint;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;

/**
 * What a build needs in its root and the root does not hold: files of the suite's own packages,
 * unpacked over the root for one build. Nothing of them is installed, so dpkg, the .buildinfo and
 * the environment digest do not know of them.
 */
final class Additions {
  private static final Limits LIMITS = new Limits(Duration.ofMinutes(5), 1 << 20);
  private static final Set<String> EVERYWHERE = Set.of("C", "POSIX", "C.UTF-8", "C.utf8");

  private Additions() {}

  /**
   * Fetches and unpacks what these surroundings need, and fakeroot for a root without it: builds of
   * the archive had it, and their .buildinfo files do not say so.
   *
   * @param folder a new folder's name
   * @return the folder with it; empty if nothing is needed
   */
  static Optional<Path> fetch(
      Surroundings surroundings, BuildRoot root, Path folder, Programs programs)
      throws IOException, CommandException {
    List<String> packages = new ArrayList<>();
    if (!root.holds("fakeroot")) {
      packages.addAll(List.of("fakeroot", "libfakeroot"));
    }
    if (surroundings.time().isPresent()) {
      packages.add("libfaketime");
    }
    if (!EVERYWHERE.contains(surroundings.locale())) {
      packages.add("locales-all");
    }
    if (packages.isEmpty()) {
      return Optional.empty();
    }
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, Sandbox.READABLE_FOLDER);
    Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
    List<String> arguments = new ArrayList<>(List.of("apt-get", "--quiet", "download"));
    arguments.addAll(packages);
    root.apt().network("cannot fetch what a build needs besides its root", folder, arguments);
    try (DirectoryStream<Path> debs = Files.newDirectoryStream(folder, "*.deb")) {
      for (Path deb : debs) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Outcome outcome =
            programs.run(
                Command.of("dpkg-deb", "--extract", deb.toString(), unpacked.toString()),
                LIMITS,
                said);
        if (!outcome.succeeded()) {
          throw AptComplaint.about(
              "cannot unpack " + deb.getFileName(), outcome, said.toString(StandardCharsets.UTF_8));
        }
      }
    }
    if (packages.contains("fakeroot")) {
      // What update-alternatives does where it is installed.
      Path bin = unpacked.resolve("usr/bin");
      Files.createSymbolicLink(bin.resolve("fakeroot"), Path.of("fakeroot-sysv"));
    }
    // As a lower layer its top folder's mode is the root folder's.
    Files.setPosixFilePermissions(unpacked, Sandbox.READABLE_FOLDER);
    // Folders of the uppermost layer are the merged ones: the root's root must be able to write
    // them.
    SubIds ids = root.ids();
    String owner = ids.first() + ":" + ids.first();
    Command give =
        Command.of("chown", "--recursive", "--no-dereference", owner, unpacked.toString());
    if (!programs
        .run(give.behind(ids.asOwner()), LIMITS, OutputStream.nullOutputStream())
        .succeeded()) {
      throw new IOException(unpacked + ": could not be given to the build root's users");
    }
    return Optional.of(unpacked);
  }
}
