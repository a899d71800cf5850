package org.whonix2.rebuilder.process;

/** Why a program is no longer running. */
public enum Ending {
  /** By itself; its exit code counts. */
  EXITED,
  /** It was killed at its deadline. */
  TIME_LIMIT,
  /** It was killed because it printed more than it may. */
  OUTPUT_LIMIT
}
