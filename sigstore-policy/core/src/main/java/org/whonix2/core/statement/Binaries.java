package org.whonix2.core.statement;

import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * Which of a source's binary packages a rebuild made, as dpkg-buildpackage(1) calls it in its
 * option {@code --build=}. Some packages come out with other bits when the others are built beside
 * them, so it is part of what must be equal for a comparison.
 */
public enum Binaries {
  /** All of them. */
  BINARY("binary"),
  /** Those of one architecture, as Debian's own builders make them. */
  ANY("any"),
  /** Those that are the same on all architectures. */
  ALL("all");

  private final String text;

  Binaries(String text) {
    this.text = text;
  }

  /** Reads one; the inverse of {@link #toString}. */
  public static Binaries parse(String text) throws MalformedInputException {
    for (Binaries each : values()) {
      if (each.text.equals(text)) {
        return each;
      }
    }
    throw new MalformedInputException(
        "expected binary, any or all for the packages to build, found " + Quoted.of(text));
  }

  @Override
  public String toString() {
    return text;
  }
}
