package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
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
 * Makes layers out of packages that apt fetched before. Their maintainer scripts run as the root of
 * a user namespace, which is nobody on this machine, without a network, behind a system call
 * filter, and within the limits that builds have.
 */
final class Installation {
  private static final Limits LIMITS = new Limits(Duration.ofMinutes(30), 16 << 20);
  private static final int MAX_STATUS_BYTES = 64 << 20;

  /** mmdebstrap's {@code $1} is the new root; apt in there looks for packages among its own. */
  private static final String TAKE_PACKAGES =
      "mkdir -p \"$1/var/lib/apt/lists\" \"$1/var/cache/apt/archives\" && "
          + "cp \"$WHONIX2_LISTS\"/*_* \"$1/var/lib/apt/lists/\" && "
          + "cp \"$WHONIX2_PACKAGES\"/*.deb \"$1/var/cache/apt/archives/\"";

  private static final String OVERLAY =
      "mount -t overlay overlay -o \"userxattr,lowerdir=$1,upperdir=$2,workdir=$3\" \"$4\"";

  /** In the root itself, whose {@code /mnt} has the packages. */
  private static final String INSTALL =
      """
      set -e
      printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
      chmod 755 /usr/sbin/policy-rc.d
      apt-get --yes --quiet --no-install-recommends --allow-downgrades --allow-remove-essential \
        -o APT::Sandbox::User=root -o Dpkg::Options::=--force-unsafe-io \
        -o Dpkg::Use-Pty=0 install /mnt/*.deb "$@"
      rm -f /usr/sbin/policy-rc.d /var/cache/apt/*.bin /var/log/apt/*
      """;

  /** Nothing of this machine's network, mirrors and proxies stays; a list's name is an address. */
  static final String FURNISH =
      """
      set -e
      cd "$1"
      rm -f etc/resolv.conf etc/apt/sources.list etc/apt/apt.conf etc/apt/auth.conf
      for parts in etc/apt/sources.list.d etc/apt/apt.conf.d etc/apt/auth.conf.d var/lib/apt/lists
      do
        if [ -d "$parts" ] && [ ! -L "$parts" ]; then find "$parts" ! -type d -delete; fi
      done
      sync --file-system .
      """;

  private final JobFolder job;
  private final SubIds ids;
  private final Programs programs;
  private final LogFile log;
  private final BuildLimits limits;

  Installation(JobFolder job, SubIds ids, Programs programs, LogFile log) throws IOException {
    this.job = job;
    this.ids = ids;
    this.programs = programs;
    this.log = log;
    this.limits = BuildLimits.within(LIMITS.time());
  }

  /**
   * A layer of exactly the planned packages.
   *
   * @param name of the folder to make it in, in the job's
   * @param below the layer to put it on, which is changed by nothing here
   */
  Layer make(String name, RootPlan plan, Optional<Layer> below, AptRoot apt)
      throws IOException, CommandException, MalformedInputException {
    Path folder = job.folder(name);
    Path debs = job.path(name + "-packages");
    plan.fetch(apt, debs);
    Path root = Files.createDirectory(Layer.root(folder));
    Path work = job.folder(name + "-work");
    Path merged = job.folder(name + "-merged");
    String status;
    try (ControlGroup.Tried group = ControlGroup.forJob(job, limits);
        Namespaces namespaces =
            Namespaces.open(
                new Namespaces.Plan(
                    job, List.of(root, work, merged), Optional.empty(), 0, false, group.made()),
                ids,
                programs)) {
      boolean counted = group.made().isPresent();
      String target = namespaces.seen(below.isEmpty() ? root : merged);
      if (below.isEmpty()) {
        run(namespaces, limited(bootstrap(namespaces, plan, apt, root, debs), counted));
      } else {
        run(namespaces, overlay(namespaces, below.get(), root, work, merged));
        run(namespaces, limited(install(namespaces, plan, merged, debs), counted));
      }
      run(namespaces, Command.of("/bin/sh", "-c", FURNISH, "sh", target));
      status = read(namespaces, target + "/var/lib/dpkg/status");
    }
    InstalledPackages.parse(status).requireExactly(plan.all());
    AtomicFiles.replace(Layer.status(folder), status.getBytes(StandardCharsets.UTF_8));
    LayerManifest manifest =
        new LayerManifest(
            apt.suite(),
            below.map(layer -> layer.manifest().state()),
            Layer.state(folder, ids, programs),
            Layer.bytes(folder, ids, programs),
            plan.all());
    AtomicFiles.replace(Layer.manifest(folder), manifest.toBytes());
    return new Layer(folder, manifest);
  }

  private Command limited(Command command, boolean counted) {
    return command.behind(limits.onEachProcess(counted));
  }

  private Command bootstrap(Namespaces namespaces, RootPlan plan, AptRoot apt, Path root, Path debs)
      throws IOException, CommandException, MalformedInputException {
    Architecture own = apt.architecture();
    String include =
        plan.added().stream().map(each -> each.forApt(own)).collect(Collectors.joining(","));
    Command mmdebstrap =
        Command.of(
            "mmdebstrap",
            "--mode=root",
            "--variant=custom",
            "--format=directory",
            "--architectures=" + own,
            "--include=" + include,
            "--skip=update,cleanup/apt/lists",
            // What a crash loses is made anew.
            "--dpkgopt=force-unsafe-io",
            "--setup-hook=" + TAKE_PACKAGES,
            apt.suite(),
            namespaces.seen(root),
            namespaces.seen(apt.sources()));
    Map<String, String> variables =
        Map.of(
            "HOME", "/nonexistent",
            "WHONIX2_LISTS", namespaces.seen(apt.lists()),
            "WHONIX2_PACKAGES", namespaces.seen(debs));
    List<String> bwrap = new ArrayList<>(ownRoot(namespaces));
    bwrap.addAll(
        List.of("--ro-bind", namespaces.seen(apt.folder()), namespaces.seen(apt.folder())));
    return filtered(namespaces, mmdebstrap.with(variables), bwrap);
  }

  /**
   * This machine's programs, to read, and this job's folder: a maintainer script that leaves its
   * chroot finds no other job, no cache, and neither sockets nor processes of the machine.
   */
  private List<String> ownRoot(Namespaces namespaces) {
    List<String> bwrap = new ArrayList<>(List.of("bwrap", "--ro-bind", "/usr", "/usr"));
    for (String name : List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32")) {
      Path folder = Path.of("/" + name);
      if (Files.isSymbolicLink(folder)) {
        bwrap.addAll(List.of("--symlink", "usr/" + name, folder.toString()));
      } else if (Files.isDirectory(folder)) {
        bwrap.addAll(List.of("--ro-bind", folder.toString(), folder.toString()));
      }
    }
    bwrap.addAll(List.of("--ro-bind", "/etc", "/etc"));
    bwrap.addAll(List.of("--ro-bind-try", "/var/lib/dpkg", "/var/lib/dpkg"));
    bwrap.addAll(List.of("--proc", "/proc", "--dev", "/dev", "--ro-bind", "/sys", "/sys"));
    bwrap.addAll(List.of("--tmpfs", "/tmp", "--tmpfs", "/run", "--tmpfs", "/var/tmp"));
    String folder = namespaces.seen(job.path(""));
    bwrap.addAll(List.of("--bind", folder, folder));
    bwrap.addAll(List.of("--unshare-net", "--unshare-ipc", "--unshare-pid", "--cap-add", "ALL"));
    return bwrap;
  }

  private static Command overlay(
      Namespaces namespaces, Layer below, Path upper, Path work, Path merged) {
    return Command.of(
        "/bin/sh",
        "-c",
        OVERLAY,
        "sh",
        namespaces.seen(below.root()),
        namespaces.seen(upper),
        namespaces.seen(work),
        namespaces.seen(merged));
  }

  private Command install(Namespaces namespaces, RootPlan plan, Path merged, Path debs)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("/bin/sh", "-c", INSTALL, "sh"));
    plan.removed().forEach(each -> arguments.add(each + "-"));
    List<String> bwrap = new ArrayList<>(List.of("bwrap"));
    bwrap.addAll(List.of("--bind", namespaces.seen(merged), "/"));
    bwrap.addAll(List.of("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"));
    bwrap.addAll(List.of("--ro-bind", namespaces.seen(debs), "/mnt"));
    bwrap.addAll(List.of("--unshare-net", "--unshare-ipc", "--unshare-pid", "--unshare-uts"));
    bwrap.addAll(List.of("--hostname", "rebuilder", "--cap-add", "ALL"));
    Map<String, String> variables =
        Map.of("HOME", "/nonexistent", "DEBIAN_FRONTEND", "noninteractive");
    return filtered(namespaces, Command.of(arguments).with(variables), bwrap);
  }

  /** Behind bubblewrap with the filter for installations, where one is known. */
  private Command filtered(Namespaces namespaces, Command command, List<String> bwrap)
      throws IOException {
    List<String> all = new ArrayList<>(bwrap);
    Optional<byte[]> filter = SystemCallFilter.forInstallations();
    List<String> opened = List.of();
    if (filter.isPresent()) {
      Path file = job.path("installations.bpf");
      AtomicFiles.replace(file, filter.get());
      Files.setPosixFilePermissions(file, Sandbox.READABLE_FILE);
      opened = Sandbox.withFilter(namespaces.seen(file));
      all.addAll(List.of("--seccomp", "9"));
    }
    all.add("--");
    return command.behind(all).behind(opened);
  }

  private void run(Namespaces namespaces, Command command) throws IOException, CommandException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    // A mount has to stay; all else leaves no process behind.
    boolean mount = command.arguments().contains(OVERLAY);
    Command inside = mount ? namespaces.joined(command) : namespaces.alone(command);
    Outcome outcome = programs.run(inside, LIMITS, said);
    log.write(said.toByteArray());
    if (!outcome.succeeded()) {
      throw AptComplaint.about(
          "cannot make a build root", outcome, said.toString(StandardCharsets.UTF_8));
    }
  }

  private String read(Namespaces namespaces, String file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Outcome outcome =
        programs.run(
            namespaces.joined(Command.of("cat", file)),
            new Limits(Duration.ofMinutes(1), MAX_STATUS_BYTES),
            out,
            log);
    if (!outcome.succeeded()) {
      throw new IOException(file + ": cannot be read");
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
