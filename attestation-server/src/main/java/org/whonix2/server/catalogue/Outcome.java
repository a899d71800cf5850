package org.whonix2.server.catalogue;

import java.util.Locale;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.RebuildStatement;

/** What came of a rebuild. Whether the bits are the right ones is for others to compare. */
public enum Outcome {
  REBUILT,
  FAILED;

  /** Reads one; the inverse of {@link #toString}. */
  public static Outcome parse(String text) throws MalformedInputException {
    for (Outcome each : values()) {
      if (each.toString().equals(text)) {
        return each;
      }
    }
    throw new MalformedInputException("expected rebuilt or failed, found " + Quoted.of(text));
  }

  public static Outcome of(RebuildStatement statement) {
    return statement instanceof RebuildFailure ? FAILED : REBUILT;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
