package org.whonix2.core.openpgp;

import java.security.MessageDigest;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;

/** The hash algorithms we can compute (RFC 9580, section 9.5). */
enum HashAlgorithm {
  /** Broken: read in revocations only, where believing a forgery means refusing too much. */
  SHA1(2, 0),
  SHA256(8, 16),
  SHA384(9, 24),
  SHA512(10, 32);

  private final int number;
  private final int saltBytes;

  HashAlgorithm(int number, int saltBytes) {
    this.number = number;
    this.saltBytes = saltBytes;
  }

  static Optional<HashAlgorithm> of(int number) {
    for (HashAlgorithm algorithm : values()) {
      if (algorithm.number == number) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  /** How messages call it, known or not. */
  static String name(int number) {
    return switch (number) {
      case 1 -> "MD5";
      case 2 -> "SHA-1";
      case 3 -> "RIPEMD-160";
      case 11 -> "SHA-224";
      default -> of(number).map(HashAlgorithm::name).orElse("number " + number);
    };
  }

  int number() {
    return number;
  }

  /** How long a version 6 signature's salt is; 0: there is no such signature. */
  int saltBytes() {
    return saltBytes;
  }

  boolean strong() {
    return this != SHA1;
  }

  MessageDigest computation() {
    return switch (this) {
      case SHA1 -> DigestUtils.getSha1Digest();
      case SHA256 -> DigestUtils.getSha256Digest();
      case SHA384 -> DigestUtils.getSha384Digest();
      case SHA512 -> DigestUtils.getSha512Digest();
    };
  }

  /** As RSA signatures name it (RFC 8017, appendix B.1). */
  ASN1ObjectIdentifier objectIdentifier() {
    return switch (this) {
      case SHA1 -> OIWObjectIdentifiers.idSHA1;
      case SHA256 -> NISTObjectIdentifiers.id_sha256;
      case SHA384 -> NISTObjectIdentifiers.id_sha384;
      case SHA512 -> NISTObjectIdentifiers.id_sha512;
    };
  }
}
