package org.whonix2.core.snapshot;

import java.util.Locale;

/** What a rebuilder knows about one artifact of the archive. */
public enum State {
  /** Not rebuilt, or not yet. */
  UNTRIED(0),
  /** The rebuild gave the very bits of the list. */
  AGREES(1),
  /** Other bits in another environment: no vote and no veto. */
  INCONCLUSIVE(2),
  /** Other bits in the same environment: a veto, if its evidence can be fetched. */
  MISMATCH(3),
  /** The build did not end with artifacts. */
  FAILED(4);

  static final int COUNT = 5;

  private static final State[] BY_CODE = new State[COUNT];

  static {
    for (State state : values()) {
      BY_CODE[state.code] = state;
    }
  }

  private final byte code;

  State(int code) {
    this.code = (byte) code;
  }

  /** Whether the rebuild gave bits, and others than the list's. */
  public boolean differs() {
    return this == INCONCLUSIVE || this == MISMATCH;
  }

  /** The format's number for it, below {@link #COUNT}. */
  byte code() {
    return code;
  }

  static State ofCode(int code) {
    return BY_CODE[code];
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
