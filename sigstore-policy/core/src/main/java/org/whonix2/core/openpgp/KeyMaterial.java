package org.whonix2.core.openpgp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.bcpg.MPInteger;
import org.bouncycastle.bcpg.RSAPublicBCPGKey;
import org.bouncycastle.bcpg.SignaturePacket;
import org.bouncycastle.crypto.digests.NullDigest;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.util.BigIntegers;

/** The mathematics of a public key. */
sealed interface KeyMaterial {
  /** RFC 9580, section 9.1. */
  int RSA = 1;

  /** RSA that only signs; deprecated, still found. */
  int RSA_SIGN_ONLY = 3;

  /** EdDSA as GnuPG 2.1 brought it ("EdDSALegacy"), with the curve named in the key. */
  int EDDSA = 22;

  /** As RFC 9580 has it: plain octets. */
  int ED25519 = 27;

  /** Whether this packet's signature is one over this digest. */
  boolean verifies(HashAlgorithm hash, byte[] digest, SignaturePacket signature);

  /** Why this key can vouch for nothing, if so. */
  default Optional<String> weakness() {
    return Optional.empty();
  }

  /**
   * Reads the algorithm's part of a key packet. What we do not know, or not trust, becomes {@link
   * Unusable}: a certificate may carry an encryption subkey of any kind.
   */
  static KeyMaterial of(int version, int algorithm, byte[] encoded) {
    try {
      return switch (algorithm) {
        case RSA, RSA_SIGN_ONLY -> Rsa.of(encoded);
        case EDDSA ->
            version == 4
                ? OfEd25519.ofCurve(encoded)
                : new Unusable("of algorithm 22, which version 6 does not have");
        case ED25519 -> OfEd25519.ofOctets(encoded);
        default ->
            new Unusable("of algorithm " + algorithm + ", expected Ed25519 (22 or 27) or RSA (1)");
      };
    } catch (IOException | RuntimeException e) {
      // Bouncy Castle answers impossible numbers with several kinds of runtime exception.
      return new Unusable("malformed: " + e.getMessage());
    }
  }

  /** Ed25519 under algorithm 22 or 27. */
  record OfEd25519(Ed25519PublicKeyParameters key) implements KeyMaterial {
    /** The curve's object identifier with its length, then an MPI of 263 bits that starts 0x40. */
    static final byte[] PREFIX = HexFormat.of().parseHex("092b06010401da470f01010740");

    private static final int HALF = Ed25519.SIGNATURE_SIZE / 2;

    static KeyMaterial ofCurve(byte[] encoded) {
      int length = PREFIX.length + Ed25519.PUBLIC_KEY_SIZE;
      if (encoded.length != length
          || !Arrays.equals(PREFIX, Arrays.copyOf(encoded, PREFIX.length))) {
        return new Unusable("of algorithm 22, but not on the curve Ed25519");
      }
      return ofOctets(Arrays.copyOfRange(encoded, PREFIX.length, length));
    }

    static KeyMaterial ofOctets(byte[] point) {
      // Under a key of small order one signature can fit many messages.
      if (point.length != Ed25519.PUBLIC_KEY_SIZE || !Ed25519.validatePublicKeyFull(point, 0)) {
        return new Unusable("not a point of Ed25519's prime-order group");
      }
      return new OfEd25519(new Ed25519PublicKeyParameters(point, 0));
    }

    @Override
    public boolean verifies(HashAlgorithm hash, byte[] digest, SignaturePacket packet) {
      byte[] both = new byte[Ed25519.SIGNATURE_SIZE];
      MPInteger[] numbers = packet.getSignature();
      if (packet.getKeyAlgorithm() == ED25519) {
        both = packet.getSignatureBytes();
      } else if (numbers.length == 2 && !tooLong(numbers[0]) && !tooLong(numbers[1])) {
        BigIntegers.asUnsignedByteArray(numbers[0].getValue(), both, 0, HALF);
        BigIntegers.asUnsignedByteArray(numbers[1].getValue(), both, HALF, HALF);
      } else {
        return false;
      }
      return both.length == Ed25519.SIGNATURE_SIZE
          && key.verify(Ed25519.Algorithm.Ed25519, null, digest, 0, digest.length, both, 0);
    }

    private static boolean tooLong(MPInteger number) {
      return number.getValue().bitLength() > 8 * HALF;
    }
  }

  /** RSA with PKCS #1 v1.5 padding. */
  record Rsa(RSAKeyParameters key) implements KeyMaterial {
    private static final int LEAST_BITS = 2048;
    private static final int MOST_BITS = 8192;
    private static final BigInteger LEAST_EXPONENT = BigInteger.valueOf(3);
    private static final int MOST_EXPONENT_BITS = 33;

    static KeyMaterial of(byte[] encoded) throws IOException {
      RSAPublicBCPGKey read =
          new RSAPublicBCPGKey(new BCPGInputStream(new ByteArrayInputStream(encoded)));
      if (!Arrays.equals(read.getEncoded(), encoded)) {
        return new Unusable("malformed: RSA numbers are not in their canonical encoding");
      }
      BigInteger modulus = read.getModulus();
      int bits = modulus.bitLength();
      if (bits < LEAST_BITS || bits > MOST_BITS) {
        return new Unusable(
            "RSA of " + bits + " bits, expected " + LEAST_BITS + " to " + MOST_BITS);
      }
      BigInteger exponent = read.getPublicExponent();
      if (exponent.compareTo(LEAST_EXPONENT) < 0 || exponent.bitLength() > MOST_EXPONENT_BITS) {
        return new Unusable("RSA with an exponent of " + exponent.bitLength() + " bits");
      }
      // The last argument leaves out a search for the modulus's factors: it would cost a second for
      // each key of a hostile certificate, and a key whose owner gives it away is his own affair.
      return new Rsa(new RSAKeyParameters(false, modulus, exponent, true));
    }

    @Override
    public boolean verifies(HashAlgorithm hash, byte[] digest, SignaturePacket packet) {
      MPInteger[] signature = packet.getSignature();
      if (signature.length != 1) {
        return false;
      }
      // The digest was computed before; NullDigest hands it through.
      RSADigestSigner verifier = new RSADigestSigner(new NullDigest(), hash.objectIdentifier());
      verifier.init(false, key);
      verifier.update(digest, 0, digest.length);
      int length = (key.getModulus().bitLength() + 7) / 8;
      BigInteger value = signature[0].getValue();
      return value.compareTo(key.getModulus()) < 0
          && verifier.verifySignature(BigIntegers.asUnsignedByteArray(length, value));
    }
  }

  /**
   * A key that can vouch for nothing.
   *
   * @param reason continues "the key is"
   */
  record Unusable(String reason) implements KeyMaterial {
    @Override
    public boolean verifies(HashAlgorithm hash, byte[] digest, SignaturePacket packet) {
      return false;
    }

    @Override
    public Optional<String> weakness() {
      return Optional.of(reason);
    }
  }
}
