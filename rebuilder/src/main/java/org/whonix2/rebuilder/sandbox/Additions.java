package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
   * Unpacks each package into a folder of its own, so that none can lead another one's files
   * elsewhere, and makes the link that update-alternatives makes where fakeroot is installed.
   */
  private static final String UNPACK =
      """
      set -eu
      umask 022
      into=$1
      shift
      n=0
      for deb; do
        n=$((n + 1))
        mkdir "$into/$n"
        dpkg-deb --extract "$deb" "$into/$n"
        chmod 755 "$into/$n"
      done
      mkdir -p "$into/0/usr/bin"
      ln -s fakeroot-sysv "$into/0/usr/bin/fakeroot"
      """;

  /**
   * Fetches what these surroundings need, and fakeroot for a root without it: builds of the archive
   * had it, and their .buildinfo files do not say so.
   *
   * @param folder a new folder's name
   * @return the packages in it; none if nothing is needed
   */
  static List<Path> fetch(Surroundings surroundings, BuildRoot root, Path folder)
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
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, Sandbox.READABLE_FOLDER);
    List<Path> debs = new ArrayList<>();
    if (!packages.isEmpty()) {
      List<String> arguments = new ArrayList<>(List.of("apt-get", "--quiet", "download"));
      arguments.addAll(packages);
      root.apt().network("cannot fetch what a build needs besides its root", folder, arguments);
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.deb")) {
        files.forEach(debs::add);
      }
      debs.sort(Comparator.naturalOrder());
    }
    return debs;
  }

  /**
   * Unpacks them as the namespaces' root, which is nobody on the machine and makes no devices.
   *
   * @param into a folder of that root's
   * @return the layers with their files
   */
  static List<Path> unpack(List<Path> debs, Path into, Namespaces namespaces, Programs programs)
      throws IOException, CommandException {
    if (debs.isEmpty()) {
      return List.of();
    }
    List<String> arguments = new ArrayList<>(List.of("/bin/sh", "-c", UNPACK, "sh"));
    arguments.add(namespaces.seen(into));
    debs.forEach(deb -> arguments.add(namespaces.seen(deb)));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Outcome outcome = programs.run(namespaces.alone(Command.of(arguments)), LIMITS, said);
    if (!outcome.succeeded()) {
      throw AptComplaint.about(
          "cannot unpack what a build needs besides its root",
          outcome,
          said.toString(StandardCharsets.UTF_8));
    }
    List<Path> layers = new ArrayList<>();
    for (int i = 0; i <= debs.size(); i++) {
      layers.add(into.resolve(Integer.toString(i)));
    }
    return layers;
  }
}
