package org.whonix2.core.policy;

import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** What a gate does with what the policy refuses. */
public enum Mode {
  /** It stops the installation. */
  ENFORCE("enforce"),
  /** It says what it would stop, and lets it pass. */
  OBSERVE("observe");

  private final String word;

  Mode(String word) {
    this.word = word;
  }

  /** Reads a mode; the inverse of {@link #toString}. */
  public static Mode parse(String text) throws MalformedInputException {
    for (Mode mode : values()) {
      if (mode.word.equals(text)) {
        return mode;
      }
    }
    throw new MalformedInputException("expected enforce or observe, found " + Quoted.of(text));
  }

  @Override
  public String toString() {
    return word;
  }
}
