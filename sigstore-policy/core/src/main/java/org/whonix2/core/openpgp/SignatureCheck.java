package org.whonix2.core.openpgp;

/** Whether a signature is good, by some certificate at some moment. */
@FunctionalInterface
public interface SignatureCheck {
  /**
   * Checks one.
   *
   * @param binaryDetachedSignature one signature packet and nothing else
   * @param message the signed bytes
   */
  SignatureResult check(byte[] binaryDetachedSignature, byte[] message);
}
