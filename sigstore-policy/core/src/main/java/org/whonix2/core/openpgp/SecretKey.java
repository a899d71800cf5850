package org.whonix2.core.openpgp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.bcpg.SecretKeyPacket;
import org.bouncycastle.bcpg.SignatureSubpacket;
import org.bouncycastle.bcpg.sig.EmbeddedSignature;
import org.bouncycastle.bcpg.sig.Features;
import org.bouncycastle.bcpg.sig.KeyExpirationTime;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.bcpg.sig.PreferredAlgorithms;
import org.whonix2.core.MalformedInputException;

/** A certificate with the secret part of a key that signs for it. It never prints the secret. */
public final class SecretKey {
  private static final int MAX_USER_ID_BYTES = 255;

  private final byte[] bytes;
  private final Certificate certificate;
  private final List<SigningKey> signers;

  private SecretKey(byte[] bytes, Certificate certificate, List<SigningKey> signers) {
    this.bytes = bytes;
    this.certificate = certificate;
    this.signers = List.copyOf(signers);
  }

  /**
   * Makes a key: an Ed25519 primary key that only certifies and never expires, and an Ed25519
   * subkey that only signs.
   *
   * @param userId a name without control characters, at most 255 bytes in UTF-8
   * @param creation when; whole seconds, the rest is cut off
   * @param validity how long the signing subkey lives
   * @throws MalformedInputException for a name that cannot be a user id
   */
  public static SecretKey generate(String userId, Instant creation, Duration validity)
      throws MalformedInputException {
    byte[] name = userId.getBytes(StandardCharsets.UTF_8);
    boolean printable = userId.codePoints().noneMatch(c -> Character.isISOControl(c));
    if (userId.isBlank() || !printable || name.length > MAX_USER_ID_BYTES) {
      throw new MalformedInputException(
          "expected a user id of 1 to "
              + MAX_USER_ID_BYTES
              + " bytes without control characters, found "
              + name.length
              + " bytes");
    }
    if (validity.toSeconds() < 1) {
      throw new IllegalArgumentException("a key that is never valid: " + validity);
    }
    Instant created = creation.truncatedTo(ChronoUnit.SECONDS);
    SecureRandom random = new SecureRandom();
    SigningKey primary = SigningKey.generate(created, random);
    SigningKey subkey = SigningKey.generate(created, random);
    byte[] bytes =
        Packet.write(
            List.of(
                new Packet(Packet.SECRET_KEY, primary.secretBody()),
                new Packet(Packet.USER_ID, name),
                new Packet(Packet.SIGNATURE, selfSignature(primary, name, created)),
                new Packet(Packet.SECRET_SUBKEY, subkey.secretBody()),
                new Packet(Packet.SIGNATURE, binding(primary, subkey, created, validity))));
    return parse(bytes);
  }

  private static byte[] selfSignature(SigningKey primary, byte[] userId, Instant created) {
    int[] hashes = {
      HashAlgorithm.SHA512.number(), HashAlgorithm.SHA384.number(), HashAlgorithm.SHA256.number()
    };
    List<SignatureSubpacket> says =
        List.of(
            new KeyFlags(true, Signature.MAY_CERTIFY),
            new PreferredAlgorithms(Subpackets.PREFERRED_HASHES, false, hashes),
            new Features(false, Features.FEATURE_MODIFICATION_DETECTION));
    return primary.sign(
        Signature.POSITIVE_CERTIFICATION,
        created,
        says,
        primary.key().hashed(),
        UserId.hashed(userId));
  }

  private static byte[] binding(
      SigningKey primary, SigningKey subkey, Instant created, Duration validity) {
    byte[][] both = {primary.key().hashed(), subkey.key().hashed()};
    byte[] back = subkey.sign(Signature.PRIMARY_KEY_BINDING, created, List.of(), both);
    List<SignatureSubpacket> says =
        List.of(
            new KeyFlags(true, Signature.MAY_SIGN),
            new KeyExpirationTime(true, false, SigningKey.fourBytes(validity.toSeconds())),
            new EmbeddedSignature(true, false, back));
    return primary.sign(Signature.SUBKEY_BINDING, created, says, both);
  }

  /**
   * Reads a key, ours or one that {@code gpg --export-secret-keys} wrote, armored or binary. At
   * least one of its keys must be Ed25519 and not protected by a passphrase; the primary key's
   * secret part may be missing.
   */
  public static SecretKey parse(byte[] armoredOrBinary) throws MalformedInputException {
    if (armoredOrBinary.length > Certificate.MAX_BYTES) {
      throw new MalformedInputException(
          "expected a secret key of at most "
              + Certificate.MAX_BYTES
              + " bytes, found "
              + armoredOrBinary.length);
    }
    List<Packet> packets = Armor.readPackets(Armor.PRIVATE, armoredOrBinary);
    List<Packet> open = new ArrayList<>();
    List<SigningKey> signers = new ArrayList<>();
    for (Packet packet : packets) {
      if (packet.tag() != Packet.SECRET_KEY && packet.tag() != Packet.SECRET_SUBKEY) {
        open.add(packet);
        continue;
      }
      boolean primary = packet.tag() == Packet.SECRET_KEY;
      PublicKey key = publicPart(secretPacket(packet));
      open.add(new Packet(primary ? Packet.PUBLIC_KEY : Packet.PUBLIC_SUBKEY, key.body()));
      signer(packet).ifPresent(signer -> signers.add(0, signer));
    }
    if (signers.isEmpty()) {
      throw new MalformedInputException(
          "expected a version 4 Ed25519 secret key (22) without a passphrase, found none");
    }
    return new SecretKey(Packet.write(packets), Certificate.parse(Packet.write(open)), signers);
  }

  /** The key that signs with this packet's secret; empty for a kind that we do not sign with. */
  static Optional<SigningKey> signer(Packet packet) throws MalformedInputException {
    SecretKeyPacket read = secretPacket(packet);
    PublicKey key = publicPart(read);
    return read.getS2KUsage() == SecretKeyPacket.USAGE_NONE
            && key.version() == 4
            && key.algorithm() == KeyMaterial.EDDSA
            && key.material() instanceof KeyMaterial.OfEd25519
        ? Optional.of(SigningKey.of(key, read))
        : Optional.empty();
  }

  private static SecretKeyPacket secretPacket(Packet packet) throws MalformedInputException {
    try (BCPGInputStream in =
        new BCPGInputStream(new ByteArrayInputStream(Packet.write(List.of(packet))))) {
      return (SecretKeyPacket) in.readPacket();
    } catch (IOException | RuntimeException e) {
      // No message: it could quote the secret.
      throw new MalformedInputException("not a secret key: " + e.getClass().getSimpleName(), e);
    }
  }

  private static PublicKey publicPart(SecretKeyPacket packet) throws MalformedInputException {
    try {
      return PublicKey.parse(packet.getPublicKeyPacket().getEncodedContents());
    } catch (IOException | RuntimeException e) {
      throw new MalformedInputException("not a secret key: " + e.getClass().getSimpleName(), e);
    }
  }

  /** The inverse of {@link #parse}, not encrypted: for a file that only its owner reads. */
  public String toArmored() {
    return Armor.write(Armor.PRIVATE, bytes);
  }

  public Certificate certificate() {
    return certificate;
  }

  /** Why {@link #sign} cannot work at that time, such as an expired subkey; empty if it can. */
  public Optional<String> signingProblem(Instant at) {
    Optional<String> first = Optional.empty();
    for (SigningKey signer : signers) {
      Optional<String> problem = certificate.signingProblem(signer.key().fingerprint(), at);
      if (problem.isEmpty()) {
        return problem;
      }
      first = first.or(() -> problem);
    }
    return first;
  }

  /**
   * One binary version 4 signature packet of type 0x00 over the message, with SHA-512, by the
   * newest key that may sign.
   *
   * @throws IllegalStateException where {@link #signingProblem} has something to say
   */
  public byte[] sign(byte[] message, Instant at) {
    return sign(Signature.BINARY_DOCUMENT, message, at);
  }

  /**
   * As {@link #sign(byte[], Instant)}, in ASCII armor: a detached signature for others' programs.
   */
  public String signArmored(byte[] message, Instant at) {
    return Armor.write(Armor.SIGNATURE, sign(message, at));
  }

  /** The same over a text, by the hash {@link SigningKey#HASH}: see {@link SignedText#sign}. */
  String signText(byte[] canonical, Instant at) {
    return Armor.write(Armor.SIGNATURE, sign(Signature.CANONICAL_TEXT, canonical, at));
  }

  private byte[] sign(int type, byte[] message, Instant at) {
    for (SigningKey signer : signers) {
      if (certificate.signingProblem(signer.key().fingerprint(), at).isEmpty()) {
        return SigningKey.framed(signer.sign(type, at, List.of(), message));
      }
    }
    throw new IllegalStateException(
        "the key cannot sign: " + signingProblem(at).orElse("no reason known"));
  }

  /** Names the certificate, never the secret. */
  @Override
  public String toString() {
    return "secret key of " + certificate;
  }
}
