package org.whonix2.core.log;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Ed25519 (RFC 8032, section 5.1.6) with random nonces instead of those that the RFC derives: what
 * a malicious holder of a key does to sign one text in any number of ways.
 */
final class RandomSigner {
  private static final BigInteger ORDER =
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
  private static final SecureRandom RANDOM = new SecureRandom();

  private RandomSigner() {}

  /** So many signatures of the text, all good and all different. */
  static List<NoteSignature> sign(SigningKey key, String text, int count) {
    byte[] seed = seed(key);
    byte[] publicKey = publicKey(seed);
    List<NoteSignature> lines = new ArrayList<>();
    while (lines.size() < count) {
      byte[] nonce = new byte[Ed25519.SECRET_KEY_SIZE];
      RANDOM.nextBytes(nonce);
      byte[] r = publicKey(nonce);
      BigInteger k =
          littleEndian(
              DigestUtils.sha512(join(r, publicKey, text.getBytes(StandardCharsets.UTF_8))));
      BigInteger s = k.multiply(scalar(seed)).add(scalar(nonce)).mod(ORDER);
      byte[] signature = join(r, Arrays.copyOf(reverse(s.toByteArray()), 32));
      lines.add(NoteSignature.by(key.verifierKey(), signature));
    }
    return lines;
  }

  private static byte[] seed(SigningKey key) {
    byte[] typed = Base64.getDecoder().decode(key.format().split("\\+", 5)[4]);
    return Arrays.copyOfRange(typed, 1, typed.length);
  }

  private static byte[] publicKey(byte[] seed) {
    byte[] publicKey = new byte[Ed25519.PUBLIC_KEY_SIZE];
    Ed25519.generatePublicKey(seed, 0, publicKey, 0);
    return publicKey;
  }

  private static BigInteger scalar(byte[] seed) {
    byte[] scalar = Arrays.copyOf(DigestUtils.sha512(seed), 32);
    scalar[0] &= (byte) 0xf8;
    scalar[31] &= 0x7f;
    scalar[31] |= 0x40;
    return littleEndian(scalar);
  }

  private static BigInteger littleEndian(byte[] bytes) {
    return new BigInteger(1, reverse(bytes));
  }

  private static byte[] reverse(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
