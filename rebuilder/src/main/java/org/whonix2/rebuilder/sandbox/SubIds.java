package org.whonix2.rebuilder.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The range of user and group numbers that stands for all the users inside a build root, so that
 * not even its root is anybody on this machine. It has two views: the <i>owner</i>, who may give
 * files to the range and remove them, is root itself, or for an ordinary user the root of a user
 * namespace in which the user is 0 and the user's sub-ids are 1 and up (newuidmap(1)).
 *
 * @param first the range's first number, as the owner sees it
 * @param ordinary whether an ordinary user is the owner
 */
record SubIds(long first, boolean ordinary) {
  /** One less than 16 bits hold, as an ordinary user's own number takes a place in the map. */
  static final int COUNT = 65_535;

  /** The user of builds. */
  static final int BUILDER = 1000;

  /**
   * Root's range, 1879048192 to 1879113726: above what useradd gives out (up to 600100000) and what
   * systemd-nspawn takes for containers (up to 1879048191), below 2^31. Root may map any number, so
   * no entry in /etc/subuid is needed.
   */
  private static final long ROOTS_FIRST = 0x7000_0000L;

  static SubIds ofThisProcess() throws IOException {
    boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    return root ? new SubIds(ROOTS_FIRST, false) : new SubIds(1, true);
  }

  /** What makes a program the owner, with mounts of its own. */
  List<String> asOwner() {
    return ordinary
        ? List.of(
            "unshare", "--map-root-user", "--map-auto", "--mount", "--propagation", "private", "--")
        : List.of("unshare", "--mount", "--propagation", "private", "--");
  }
}
