package org.whonix2.core.log;

/**
 * A witness of the policy.
 *
 * @param operator who runs it: all witnesses of one operator count as one
 */
public record Witness(String name, String operator, VerifierKey key) {
  /**
   * @throws IllegalArgumentException if a name is blank or the key is not for cosignatures
   */
  public Witness {
    if (name.isBlank() || operator.isBlank()) {
      throw new IllegalArgumentException("expected a witness with a name and an operator");
    }
    if (key.type() != SignatureType.COSIGNATURE) {
      throw new IllegalArgumentException(
          "expected a cosignature key (type 4) for witness " + name + ", found " + key);
    }
  }
}
