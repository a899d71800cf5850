package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A seccomp filter as bubblewrap's {@code --seccomp} takes it: a classic BPF program (seccomp(2);
 * struct sock_filter in linux/filter.h), little-endian. It takes away what a build has no use for
 * and what reaches beyond it: the keyrings of whoever started us, namespaces, mounts, the kernel's
 * modules and clocks, and those large interfaces that kernels were most often broken through.
 *
 * <p>All that it refuses fails with EPERM; clone3, whose flags no filter can see, as if the kernel
 * did not know it, so that programs fall back on clone; sockets of other families than local,
 * internet and netlink ones as unknown families, as the likes of vsock know no network namespaces.
 * Programs for an architecture that the filter does not know have no system calls at all.
 */
final class SystemCallFilter {
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;
  private static final int EAFNOSUPPORT = 97;

  /** CLONE_NEW... for time, mounts, cgroup, uts, ipc, user, processes, network. */
  private static final int NAMESPACES = 0x7e02_0080;

  private static final List<Integer> SOCKET_FAMILIES = List.of(1, 2, 10, 16);

  private static final int LOAD = 0x20;
  private static final int EQUALS = 0x15;
  private static final int AT_LEAST = 0x35;
  private static final int ANY_BIT = 0x45;
  private static final int JUMP = 0x05;
  private static final int RETURN = 0x06;
  private static final int ALLOW = 0x7fff_0000;
  private static final int ERROR = 0x0005_0000;
  private static final int AT_NUMBER = 0;
  private static final int AT_ARCHITECTURE = 4;
  private static final int AT_FIRST_ARGUMENT = 16;

  /** x32's system calls are amd64's with this bit. */
  private static final int X32 = 0x4000_0000;

  /** What neither a build nor an installation of packages needs. */
  private static final List<String> NEVER =
      List.of(
          "add_key",
          "request_key",
          "keyctl",
          "bpf",
          "perf_event_open",
          "userfaultfd",
          "kexec_load",
          "kexec_file_load",
          "init_module",
          "finit_module",
          "delete_module",
          "io_uring_setup",
          "io_uring_enter",
          "io_uring_register",
          "open_by_handle_at",
          "acct",
          "settimeofday",
          "clock_settime",
          "clock_settime64",
          "quotactl",
          "syslog",
          "vhangup",
          "fanotify_init",
          "swapon",
          "swapoff",
          "reboot",
          "socketcall");

  /** What an installation needs, and a build does not. */
  private static final List<String> MOUNTS =
      List.of(
          "mount",
          "umount",
          "umount2",
          "pivot_root",
          "open_tree",
          "move_mount",
          "fsopen",
          "fsconfig",
          "fsmount",
          "fspick",
          "mount_setattr",
          "setns",
          "unshare");

  /**
   * One architecture's numbers of the system calls that it has.
   *
   * @param audit its AUDIT_ARCH
   */
  record Calls(int audit, Map<String, Integer> numbers) {}

  private static final Map<String, Integer> EVERYWHERE =
      Map.of(
          "io_uring_setup", 425,
          "io_uring_enter", 426,
          "io_uring_register", 427,
          "open_tree", 428,
          "move_mount", 429,
          "fsopen", 430,
          "fsconfig", 431,
          "fsmount", 432,
          "fspick", 433,
          "mount_setattr", 442);

  static final Calls AMD64 =
      calls(
          0xc000_003e,
          """
          add_key 248 request_key 249 keyctl 250 bpf 321 perf_event_open 298 userfaultfd 323
          kexec_load 246 kexec_file_load 320 init_module 175 finit_module 313 delete_module 176
          open_by_handle_at 304 acct 163 settimeofday 164 clock_settime 227 quotactl 179 syslog 103
          vhangup 153 fanotify_init 300 swapon 167 swapoff 168 reboot 169 mount 165 umount2 166
          pivot_root 155 setns 308 unshare 272 clone 56 clone3 435 socket 41
          """);

  static final Calls I386 =
      calls(
          0x4000_0003,
          """
          add_key 286 request_key 287 keyctl 288 bpf 357 perf_event_open 336 userfaultfd 374
          kexec_load 283 init_module 128 finit_module 350 delete_module 129
          open_by_handle_at 342 acct 51 settimeofday 79 clock_settime 264 clock_settime64 404
          quotactl 131 syslog 103 vhangup 111 fanotify_init 338 swapon 87 swapoff 115 reboot 88
          socketcall 102 mount 21 umount 22 umount2 52 pivot_root 217 setns 346 unshare 310
          clone 120 clone3 435 socket 359
          """);

  static final Calls ARM64 =
      calls(
          0xc000_00b7,
          """
          add_key 217 request_key 218 keyctl 219 bpf 280 perf_event_open 241 userfaultfd 282
          kexec_load 104 kexec_file_load 294 init_module 105 finit_module 273 delete_module 106
          open_by_handle_at 265 acct 89 settimeofday 170 clock_settime 112 quotactl 60 syslog 116
          vhangup 58 fanotify_init 262 swapon 224 swapoff 225 reboot 142 mount 40 umount2 39
          pivot_root 41 setns 268 unshare 97 clone 220 clone3 435 socket 198
          """);

  /** By the JVM's name of the machine, what its kernel runs. */
  private static final Map<String, List<Calls>> MACHINES =
      Map.of("amd64", List.of(AMD64, I386), "aarch64", List.of(ARM64));

  private final ByteArrayOutputStream program = new ByteArrayOutputStream();

  private SystemCallFilter() {}

  private static Calls calls(int audit, String text) {
    Map<String, Integer> numbers = new TreeMap<>(EVERYWHERE);
    List<String> words = List.of(text.strip().split("\\s+"));
    for (int i = 0; i < words.size(); i += 2) {
      numbers.put(words.get(i), Integer.valueOf(words.get(i + 1)));
    }
    return new Calls(audit, numbers);
  }

  /** Whether there is a filter for this machine. */
  static boolean isKnownHere() {
    return MACHINES.containsKey(System.getProperty("os.arch"));
  }

  /** The filter for builds; empty on a machine whose numbers are not known here. */
  static Optional<byte[]> forBuilds() {
    return forThisMachine(true);
  }

  /** The filter for the installation of packages, which mounts and makes namespaces. */
  static Optional<byte[]> forInstallations() {
    return forThisMachine(false);
  }

  private static Optional<byte[]> forThisMachine(boolean build) {
    return Optional.ofNullable(MACHINES.get(System.getProperty("os.arch")))
        .map(machine -> new SystemCallFilter().compile(machine, build));
  }

  private byte[] compile(List<Calls> machine, boolean build) {
    for (Calls calls : machine) {
      byte[] section = section(calls, build);
      put(LOAD, 0, 0, AT_ARCHITECTURE);
      put(EQUALS, 1, 0, calls.audit());
      put(JUMP, 0, 0, section.length / 8);
      program.writeBytes(section);
    }
    put(RETURN, 0, 0, ERROR | ENOSYS);
    return program.toByteArray();
  }

  private static byte[] section(Calls calls, boolean build) {
    SystemCallFilter section = new SystemCallFilter();
    section.put(LOAD, 0, 0, AT_NUMBER);
    if (calls.audit() == AMD64.audit()) {
      section.put(AT_LEAST, 0, 1, X32);
      section.put(RETURN, 0, 0, ERROR | ENOSYS);
    }
    NEVER.forEach(name -> section.refuse(calls, name));
    if (build) {
      MOUNTS.forEach(name -> section.refuse(calls, name));
      section.put(EQUALS, 0, 1, number(calls, "clone3"));
      section.put(RETURN, 0, 0, ERROR | ENOSYS);
      section.put(EQUALS, 0, 4, number(calls, "clone"));
      section.put(LOAD, 0, 0, AT_FIRST_ARGUMENT);
      section.put(ANY_BIT, 0, 1, NAMESPACES);
      section.put(RETURN, 0, 0, ERROR | EPERM);
      section.put(RETURN, 0, 0, ALLOW);
    }
    section.put(EQUALS, 0, SOCKET_FAMILIES.size() + 2, number(calls, "socket"));
    section.put(LOAD, 0, 0, AT_FIRST_ARGUMENT);
    for (int i = 0; i < SOCKET_FAMILIES.size(); i++) {
      section.put(EQUALS, SOCKET_FAMILIES.size() - i, 0, SOCKET_FAMILIES.get(i));
    }
    section.put(RETURN, 0, 0, ERROR | EAFNOSUPPORT);
    section.put(RETURN, 0, 0, ALLOW);
    return section.program.toByteArray();
  }

  private void refuse(Calls calls, String name) {
    Integer number = calls.numbers().get(name);
    if (number != null) {
      put(EQUALS, 0, 1, number);
      put(RETURN, 0, 0, ERROR | EPERM);
    }
  }

  private static int number(Calls calls, String name) {
    Integer number = calls.numbers().get(name);
    if (number == null) {
      throw new IllegalStateException("no number for " + name);
    }
    return number;
  }

  private void put(int code, int ifTrue, int ifFalse, int value) {
    ByteBuffer instruction = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    instruction.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(value);
    program.writeBytes(instruction.array());
  }
}
