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
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
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

  BuildRoot(Path folder, InstalledPackages installed) {
    this.folder = folder;
    this.installed = installed;
  }

  /**
   * Makes a root.
   *
   * @param folder where; must not exist
   * @throws MalformedInputException if the root does not hold what it was to hold
   */
  public static BuildRoot make(
      Path folder, AptRoot apt, RootContents contents, Programs programs, LogFile log)
      throws IOException, CommandException, MalformedInputException {
    Path options = folder.resolveSibling("network.conf");
    // A proxy may want a password.
    AtomicFiles.createPrivate(options, apt.networkOptions().getBytes(StandardCharsets.UTF_8));
    Architecture architecture = apt.architecture();
    List<String> arguments = new ArrayList<>();
    arguments.add("mmdebstrap");
    arguments.addAll(List.of("--mode=root", "--format=directory", "--skip=update"));
    arguments.add("--architectures=" + architecture);
    arguments.add("--aptopt=" + options);
    // The root lives for one build: what a crash loses is made anew.
    arguments.add("--dpkgopt=force-unsafe-io");
    arguments.add("--setup-hook=" + TAKE_LISTS);
    Map<String, String> variables = new TreeMap<>();
    variables.put("WHONIX2_LISTS", apt.lists().toString());
    if (contents instanceof RootContents.BuildDependencies dependencies) {
      List<String> include = new ArrayList<>(dependencies.packages());
      include.add("fakeroot");
      arguments.addAll(List.of("--variant=buildd", "--include=" + String.join(",", include)));
      arguments.add("--customize-hook=" + INSTALL_BUILD_DEPENDENCIES);
      variables.put("WHONIX2_DSC", dependencies.dsc().toString());
    } else if (contents instanceof RootContents.Exact exact) {
      arguments.addAll(List.of("--variant=custom", "--include=" + include(exact, architecture)));
    }
    arguments.addAll(List.of(apt.suite(), folder.toString(), apt.sources().toString()));
    Command command =
        Command.of(arguments)
            .behind(Namespaces.OWN_MOUNTS_AND_PROCESSES)
            .with(AptRoot.networkEnvironment())
            .with(variables);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Outcome outcome = programs.run(command, LIMITS, said);
    log.write(said.toByteArray());
    if (!outcome.succeeded()) {
      throw AptComplaint.about(
          "cannot make a build root", outcome, said.toString(StandardCharsets.UTF_8));
    }
    InstalledPackages installed = readInstalled(folder);
    if (contents instanceof RootContents.Exact exact) {
      installed.requireExactly(exact.packages());
    }
    furnish(folder);
    return new BuildRoot(folder, installed);
  }

  private static String include(RootContents.Exact exact, Architecture own) {
    return exact.packages().stream()
        .map(
            each ->
                each.name()
                    + (each.architecture().equals(own)
                            || each.architecture().toString().equals("all")
                        ? ""
                        : ":" + each.architecture())
                    + "="
                    + each.version())
        .collect(Collectors.joining(","));
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
   * Nothing of this machine's network, mirrors and proxies in it. The modes do not depend on our
   * umask.
   */
  static void furnish(Path folder) throws IOException {
    Path etc = folder.resolve("etc");
    Files.deleteIfExists(etc.resolve("resolv.conf"));
    for (String file : List.of("sources.list", "apt.conf", "auth.conf")) {
      Files.deleteIfExists(etc.resolve("apt").resolve(file));
    }
    for (String parts : List.of("sources.list.d", "apt.conf.d", "auth.conf.d")) {
      removeFiles(etc.resolve("apt").resolve(parts));
    }
    // The lists' names are the mirrors' addresses.
    removeFiles(folder.resolve("var/lib/apt/lists"));
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
  void addUser(String name, int uid) throws IOException {
    append("etc/passwd", name + ":x:" + uid + ":" + uid + "::/nonexistent:/bin/sh\n");
    append("etc/group", name + ":x:" + uid + ":\n");
  }

  /** Gives the build's host a name, and a place to its folder. */
  void furnish(Surroundings surroundings) throws IOException {
    String host = surroundings.host();
    replace(folder.resolve("etc/hostname"), host + "\n");
    replace(folder.resolve("etc/hosts"), "127.0.0.1 localhost " + host + "\n::1 localhost\n");
    Path mountPoint = folder;
    for (Path name : Path.of(surroundings.buildPath().substring(1))) {
      mountPoint = mountPoint.resolve(name);
      makeFolder(mountPoint);
    }
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
