package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.apt.AptComplaint;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;

/**
 * A Debian root for one build: Debian's buildd variant, fakeroot (which dpkg-buildpackage needs to
 * pack without being root), the toolchain's packages and the source's build dependencies, from the
 * lists that our apt root verified. While it is made, maintainer scripts of signed packages run as
 * root in it, in namespaces of their own; nothing of the source runs.
 */
public final class BuildRoot {
  /** Host and user name of every build. */
  static final String NAME = "rebuilder";

  private static final Limits LIMITS = new Limits(Duration.ofMinutes(30), 16 << 20);
  private static final int MAX_STATUS_BYTES = 64 << 20;

  /**
   * mmdebstrap runs hooks by the shell; these are constants, and what varies reaches them in
   * variables. Its {@code $1} is the new root.
   */
  private static final String TAKE_LISTS =
      "mkdir -p \"$1/var/lib/apt/lists\" && cp -a \"$WHONIX2_LISTS/.\" \"$1/var/lib/apt/lists/\"";

  private static final String INSTALL_BUILD_DEPENDENCIES =
      "cp \"$WHONIX2_DSC\" \"$1/tmp/job.dsc\" && "
          + "APT_CONFIG=\"$MMDEBSTRAP_APT_CONFIG\" apt-get --yes --quiet "
          + "-o DPkg::Chroot-Directory=\"$1\" build-dep \"$1/tmp/job.dsc\" && "
          + "rm \"$1/tmp/job.dsc\"";

  private final Path folder;
  private final InstalledPackages installed;

  private BuildRoot(Path folder, InstalledPackages installed) {
    this.folder = folder;
    this.installed = installed;
  }

  /**
   * Makes a root.
   *
   * @param folder where; must not exist
   * @param packages to install besides the build dependencies
   * @param dsc the source's .dsc, already verified
   */
  public static BuildRoot make(
      Path folder, AptRoot apt, List<String> packages, Path dsc, Programs programs, LogFile log)
      throws IOException, CommandException, MalformedInputException {
    Path options = folder.resolveSibling("network.conf");
    // A proxy may want a password.
    AtomicFiles.createPrivate(options, apt.networkOptions().getBytes(StandardCharsets.UTF_8));
    List<String> include = new ArrayList<>(packages);
    include.add("fakeroot");
    Command command =
        Command.of(
                "mmdebstrap",
                "--mode=root",
                "--variant=buildd",
                "--format=directory",
                "--architectures=" + apt.architecture(),
                "--include=" + String.join(",", include),
                "--skip=update",
                "--aptopt=" + options,
                // The root lives for one build: what a crash loses is made anew.
                "--dpkgopt=force-unsafe-io",
                "--setup-hook=" + TAKE_LISTS,
                "--customize-hook=" + INSTALL_BUILD_DEPENDENCIES,
                apt.suite(),
                folder.toString(),
                apt.sources().toString())
            .behind(Namespaces.OWN_MOUNTS_AND_PROCESSES)
            .with(AptRoot.networkEnvironment())
            .with(Map.of("WHONIX2_LISTS", apt.lists().toString(), "WHONIX2_DSC", dsc.toString()));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Outcome outcome = programs.run(command, LIMITS, said);
    log.write(said.toByteArray());
    if (!outcome.succeeded()) {
      throw AptComplaint.about(
          "cannot make a build root", outcome, said.toString(StandardCharsets.UTF_8));
    }
    InstalledPackages installed = readInstalled(folder);
    furnish(folder);
    return new BuildRoot(folder, installed);
  }

  private static InstalledPackages readInstalled(Path folder)
      throws IOException, MalformedInputException {
    Path status = folder.resolve("var/lib/dpkg/status");
    try {
      byte[] text = AtomicFiles.read(status, MAX_STATUS_BYTES);
      return InstalledPackages.parse(new String(text, StandardCharsets.UTF_8));
    } catch (MalformedInputException e) {
      throw e.at(status.toString());
    }
  }

  /**
   * The same names in every root; nothing of this machine's network, mirrors and proxies in it. The
   * modes do not depend on our umask.
   */
  static void furnish(Path folder) throws IOException {
    Path etc = folder.resolve("etc");
    Files.deleteIfExists(etc.resolve("resolv.conf"));
    replace(etc.resolve("hostname"), NAME + "\n");
    replace(etc.resolve("hosts"), "127.0.0.1 localhost " + NAME + "\n::1 localhost\n");
    for (String file : List.of("sources.list", "apt.conf", "auth.conf")) {
      Files.deleteIfExists(etc.resolve("apt").resolve(file));
    }
    for (String parts : List.of("sources.list.d", "apt.conf.d", "auth.conf.d")) {
      removeFiles(etc.resolve("apt").resolve(parts));
    }
    // The lists' names are the mirrors' addresses.
    removeFiles(folder.resolve("var/lib/apt/lists"));
    Path mountPoint = folder;
    for (Path name : Path.of(Sandbox.BUILD_PATH.substring(1))) {
      mountPoint = mountPoint.resolve(name);
      makeFolder(mountPoint);
    }
    makeFolder(folder.resolve(Sandbox.SOURCE_PATH.substring(1)));
  }

  private static void removeFiles(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> tree = Files.walk(folder)) {
        for (Path path : tree.toList()) {
          if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(path);
          }
        }
      }
    }
  }

  private static void makeFolder(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, Sandbox.READABLE_FOLDER);
  }

  private static void replace(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
    Files.setPosixFilePermissions(file, Sandbox.READABLE_FILE);
  }

  /** Gives the build's user a name, as programs ask for one. */
  void addUser(int uid) throws IOException {
    append("etc/passwd", NAME + ":x:" + uid + ":" + uid + "::/nonexistent:/bin/sh\n");
    append("etc/group", NAME + ":x:" + uid + ":\n");
  }

  private void append(String name, String line) throws IOException {
    Path file = folder.resolve(name);
    Path aside = file.resolveSibling(file.getFileName() + ".whonix2");
    Files.copy(file, aside, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(aside, line, StandardOpenOption.APPEND);
    Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
  }

  Path folder() {
    return folder;
  }

  /** What was installed before anything of the source ran. */
  public InstalledPackages installed() {
    return installed;
  }
}
