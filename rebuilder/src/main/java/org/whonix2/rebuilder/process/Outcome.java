package org.whonix2.rebuilder.process;

import java.time.Duration;

/**
 * How a program ended.
 *
 * @param exitCode meaningful only if it ended by itself; 128 and a signal's number if one killed it
 */
public record Outcome(Ending ending, int exitCode, Duration took) {
  /** Whether it ended by itself and says that all went well. */
  public boolean succeeded() {
    return ending == Ending.EXITED && exitCode == 0;
  }
}
