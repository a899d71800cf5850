package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.whonix2.io.cli.CommandException;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;

/** What this machine offers to sandboxes, found by looking and by trying. */
public final class Machine {
  private static final Limits LIMITS = new Limits(Duration.ofMinutes(1), 1 << 16);

  /** Two layers, a build of net-tools, its sources and the archive's lists. */
  private static final long LEAST_BYTES = 3L << 30;

  /** Programs, and the Debian packages that bring them. */
  private static final Map<String, String> NEEDED = new LinkedHashMap<>();

  static {
    NEEDED.put("apt-get", "apt");
    NEEDED.put("dpkg", "dpkg");
    NEEDED.put("mmdebstrap", "mmdebstrap");
    NEEDED.put("bwrap", "bubblewrap");
    NEEDED.put("unshare", "util-linux");
    NEEDED.put("nsenter", "util-linux");
    NEEDED.put("setpriv", "util-linux");
    NEEDED.put("prlimit", "util-linux");
    NEEDED.put("mount", "mount");
  }

  private static final String OVERLAY =
      "mkdir low up work all && touch low/file && "
          + "mount -t overlay overlay -o userxattr,lowerdir=low,upperdir=up,workdir=work all && "
          + "rm all/file && test ! -e all/file";

  private final Path state;
  private final Path etc;
  private final SubIds ids;
  private final Programs programs;

  Machine(Path state, Path etc, SubIds ids, Programs programs) {
    this.state = state;
    this.etc = etc;
    this.ids = ids;
    this.programs = programs;
  }

  /**
   * This machine.
   *
   * @param state the state folder, absolute; it need not exist
   */
  public static Machine with(Path state, Programs programs) throws IOException {
    return new Machine(state, Path.of("/etc"), SubIds.ofThisProcess(), programs);
  }

  /** What can be said at once; every rebuild begins with it. */
  public List<Finding> atOnce() throws IOException {
    List<Finding> findings = new ArrayList<>();
    findings.add(installed());
    findings.add(subordinateIds());
    findings.add(diskSpace());
    return findings;
  }

  /** All that can be found out, also by making a sandbox. */
  public List<Finding> tried() throws IOException {
    List<Finding> findings = new ArrayList<>(atOnce());
    Finding namespaces = userNamespaces();
    findings.add(namespaces);
    if (findings.stream().noneMatch(each -> each.state() == Finding.State.MISSING)) {
      findings.addAll(sandbox());
    }
    findings.add(controlGroups());
    findings.add(systemCalls());
    findings.add(fuse());
    findings.add(indices());
    return findings;
  }

  private Finding installed() {
    Set<String> missing = new LinkedHashSet<>();
    Map<String, String> needed = new LinkedHashMap<>(NEEDED);
    if (ids.ordinary()) {
      needed.put("newuidmap", "uidmap");
    } else {
      needed.put("mkfs.ext4", "e2fsprogs");
    }
    needed.forEach(
        (program, debianPackage) -> {
          if (!Programs.isInstalled(program)) {
            missing.add(debianPackage);
          }
        });
    String meaning = "they fetch packages, make build roots and hold builds in them";
    return missing.isEmpty()
        ? Finding.good("programs", String.join(", ", needed.keySet()), meaning)
        : Finding.missing(
            "programs",
            "this machine lacks " + String.join(", ", missing),
            meaning,
            "apt-get install --no-install-recommends " + String.join(" ", missing));
  }

  private Finding subordinateIds() throws IOException {
    String meaning = "the users in a build root are nobody on this machine";
    if (!ids.ordinary()) {
      long last = ids.first() + SubIds.COUNT - 1;
      return Finding.good("sub-ids", "root takes " + ids.first() + " to " + last, meaning);
    }
    String user = System.getProperty("user.name");
    List<String> without = new ArrayList<>();
    for (String file : List.of("subuid", "subgid")) {
      if (firstRange(etc.resolve(file), user) < SubIds.COUNT) {
        without.add(etc.resolve(file).toString());
      }
    }
    return without.isEmpty()
        ? Finding.good("sub-ids", user + " has a range of at least " + SubIds.COUNT, meaning)
        : Finding.missing(
            "sub-ids",
            user + " has no range of " + SubIds.COUNT + " in " + String.join(" and ", without),
            meaning,
            "as root, with a range that no other line has: usermod --add-subuids 100000-165535"
                + " --add-subgids 100000-165535 "
                + user);
  }

  /** The first range of a user counts: the others are not mapped. */
  private static long firstRange(Path file, String user) throws IOException {
    if (Files.isReadable(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] parts = line.strip().split(":", -1);
        if (parts.length == 3 && parts[0].equals(user) && parts[2].matches("[0-9]{1,10}")) {
          return Long.parseLong(parts[2]);
        }
      }
    }
    return 0;
  }

  private Finding diskSpace() throws IOException {
    Path there = state;
    while (!Files.isDirectory(there)) {
      there = Optional.ofNullable(there.getParent()).orElse(Path.of("/"));
    }
    long free = Files.getFileStore(there).getUsableSpace();
    String meaning = "build roots, sources and builds lie below " + state;
    String found = (free >> 20) + " MiB free at " + there;
    return free >= LEAST_BYTES
        ? Finding.good("disk space", found, meaning)
        : Finding.missing(
            "disk space",
            found + ", expected at least " + (LEAST_BYTES >> 20) + " MiB",
            meaning,
            "free some space, remove " + state.resolve("roots") + ", or move it with --state");
  }

  private Finding userNamespaces() throws IOException {
    String meaning = "they keep maintainer scripts and builds from being anybody on this machine";
    List<String> owner = new ArrayList<>(ids.asOwner());
    owner.addAll(List.of("unshare", "--user", "--"));
    String said = complaint(Command.of("true").behind(owner));
    return said.isEmpty()
        ? Finding.good("user namespaces", "can be made", meaning)
        : Finding.missing(
            "user namespaces",
            said,
            meaning,
            "sysctl user.max_user_namespaces must be above 0 and, where it exists,"
                + " kernel.unprivileged_userns_clone must be 1; a container must allow them; no"
                + " process in a chroot can make any");
  }

  private String complaint(Command command) throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Outcome outcome = programs.run(command, LIMITS, said);
    if (outcome.succeeded()) {
      return "";
    }
    return said.toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .findFirst()
        .map(line -> line.replaceAll("[^ -~]", "?"))
        .orElse("exit code " + outcome.exitCode());
  }

  /** The limited disk, overlayfs and bubblewrap, in namespaces as a build's. */
  private List<Finding> sandbox() throws IOException {
    List<Finding> findings = new ArrayList<>();
    String diskMeaning =
        ids.ordinary()
            ? "a build's disk is a tmpfs of a limited size, in memory"
            : "a build's disk is a file system of a limited size on a loop device";
    try (JobFolder job = JobFolder.open(state)) {
      Path run = job.folder("run");
      Path disk = Files.createDirectory(run.resolve("disk"));
      Path given = Files.createDirectory(run.resolve("given"));
      var plan =
          new Namespaces.Plan(
              job, List.of(given), Optional.of(disk), 64 << 20, false, Optional.empty());
      try (Namespaces namespaces = Namespaces.open(plan, ids, programs)) {
        findings.add(Finding.good("limited disk", "was mounted", diskMeaning));
        findings.add(overlay(namespaces, given));
        findings.add(bubblewrap(namespaces));
      } catch (CommandException e) {
        findings.add(
            Finding.missing(
                "limited disk",
                String.valueOf(e.getMessage()),
                diskMeaning,
                ids.ordinary()
                    ? "a container must allow mounts within user namespaces"
                    : "modprobe loop; a container needs /dev/loop-control and loop devices"));
      }
    }
    return findings;
  }

  private Finding overlay(Namespaces namespaces, Path given) throws IOException {
    String meaning = "each build has a fresh root over cached layers that it cannot write";
    String there = "cd \"$1\" && " + OVERLAY;
    Command command = Command.of("/bin/sh", "-c", there, "sh", namespaces.seen(given));
    String said = complaint(namespaces.alone(command));
    return said.isEmpty()
        ? Finding.good("overlayfs", "was mounted in a user namespace", meaning)
        : Finding.missing(
            "overlayfs",
            said,
            meaning,
            "modprobe overlay; the kernel must be 5.11 or newer; "
                + state
                + " must lie on ext4, XFS or btrfs, not on another overlayfs: move it with"
                + " --state");
  }

  private Finding bubblewrap(Namespaces namespaces) throws IOException {
    String meaning = "a build has no network, and processes, mounts and names of its own";
    Command command =
        Command.of(
            "bwrap",
            "--ro-bind",
            "/",
            "/",
            "--proc",
            "/proc",
            "--dev",
            "/dev",
            "--unshare-ipc",
            "--unshare-pid",
            "--unshare-net",
            "--unshare-uts",
            "--",
            "true");
    String said = complaint(namespaces.alone(command));
    return said.isEmpty()
        ? Finding.good("bubblewrap", "runs in a user namespace", meaning)
        : Finding.missing(
            "bubblewrap",
            said,
            meaning,
            "a container must leave its /proc unmasked and allow namespaces within namespaces");
  }

  private Finding controlGroups() throws IOException {
    String meaning = "they bound memory and processes of a whole build, and count what went beyond";
    String id = "doctor-" + ProcessHandle.current().pid();
    Optional<ControlGroup> group = ControlGroup.create(id, 64 << 20, 16);
    if (group.isPresent()) {
      group.get().close();
      return Finding.good("control groups", "memory and processes can be bounded", meaning);
    }
    return Finding.weak(
        "control groups",
        "none can be made",
        "memory is bounded for each process only (RLIMIT_DATA), processes for the user"
            + " (RLIMIT_NPROC), and what a build ran into is guessed from its log",
        ids.ordinary()
            ? "start it by: systemd-run --user --scope whonix2-rebuilder …"
            : "mount cgroup2, or the memory and pids controllers of cgroup v1");
  }

  private static Finding systemCalls() {
    String meaning = "a filter keeps builds from keyrings, mounts, namespaces and the like";
    return SystemCallFilter.isKnownHere()
        ? Finding.good("system call filter", "for " + System.getProperty("os.arch"), meaning)
        : Finding.weak(
            "system call filter",
            "none for " + System.getProperty("os.arch"),
            "a build can reach the session keyring of whoever starts it",
            "start rebuilds from a session without secrets in its keyring");
  }

  private Finding fuse() {
    boolean device =
        ids.ordinary()
            ? Files.isWritable(Path.of("/dev/fuse"))
            : Files.exists(Path.of("/dev/fuse"));
    boolean program = Programs.isInstalled("disorderfs");
    String meaning = "--vary changes the order of files by disorderfs";
    return device && program
        ? Finding.good("disorderfs", "installed, with /dev/fuse", meaning)
        : Finding.weak(
            "disorderfs",
            program ? "/dev/fuse is not there or closed" : "not installed",
            "--vary cannot change the order of files",
            program ? "modprobe fuse" : "apt-get install --no-install-recommends disorderfs");
  }

  private static Finding indices() {
    String meaning = "repository makes apt's indices by apt-ftparchive";
    return Programs.isInstalled("apt-ftparchive")
        ? Finding.good("apt-ftparchive", "installed", meaning)
        : Finding.weak(
            "apt-ftparchive",
            "not installed",
            "repository cannot be used",
            "apt-get install --no-install-recommends apt-utils");
  }
}
