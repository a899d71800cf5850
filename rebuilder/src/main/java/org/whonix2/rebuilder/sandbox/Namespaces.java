package org.whonix2.rebuilder.sandbox;

import java.util.List;

/**
 * Own mount and process namespaces around a program. What it mounts is seen by nobody else and
 * vanishes with it; when its first process ends, the kernel kills all others before anybody learns
 * of the end.
 */
final class Namespaces {
  static final List<String> OWN_MOUNTS_AND_PROCESSES =
      List.of(
          "unshare",
          "--mount",
          "--propagation",
          "private",
          "--pid",
          "--fork",
          "--kill-child",
          "--mount-proc",
          "--");

  private Namespaces() {}
}
