package org.whonix2.core.snapshot;

import java.util.Optional;
import org.whonix2.core.digest.Sha256;

/**
 * A state, and the bits behind it where they are not those of the list.
 *
 * @param own digest of what the rebuilder got; there if and only if the state differs
 */
public record Finding(State state, Optional<Sha256> own) {
  public static final Finding UNTRIED = new Finding(State.UNTRIED, Optional.empty());
  public static final Finding AGREES = new Finding(State.AGREES, Optional.empty());
  public static final Finding FAILED = new Finding(State.FAILED, Optional.empty());

  public Finding {
    if (own.isPresent() != state.differs()) {
      throw new IllegalArgumentException(
          "expected a digest of its own where bits differ, and only there: " + state);
    }
  }

  public static Finding inconclusive(Sha256 own) {
    return new Finding(State.INCONCLUSIVE, Optional.of(own));
  }

  public static Finding mismatch(Sha256 own) {
    return new Finding(State.MISMATCH, Optional.of(own));
  }
}
