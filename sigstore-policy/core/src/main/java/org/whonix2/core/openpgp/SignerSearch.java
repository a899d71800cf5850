package org.whonix2.core.openpgp;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;

/**
 * Looks through keyrings of thousands of certificates, such as Debian's, for those that made the
 * signatures of a document, and judges these signatures.
 *
 * <p>A keyring is read as a stream, one certificate at a time, and only a certificate with a key
 * that a signature names is taken apart; one that cannot be read disturbs no other. What several
 * keyrings say of one primary key is put together, so that a revocation in one of them counts.
 *
 * <p>No log says when such a document was signed. It is judged at the time that it claims itself: a
 * key that expired later, or was retired or superseded later by its own word, still vouches for
 * what it signed before. A hard revocation ("compromised", unknown or none as its reason) voids
 * everything. So whoever holds an expired or retired key can date a document back; whoever is
 * afraid of that must ask for more than this signature.
 */
public final class SignerSearch {
  /** The most bytes a certificate may have; people collect signatures. */
  static final int MAX_CERTIFICATE_BYTES = 4 << 20;

  /** The most bytes a packet may have: what the header of an old-format packet can say. */
  static final int MAX_PACKET_BYTES = 0xffff;

  private static final int MOST_CERTIFICATES = 64;

  private final List<SignedDocument> documents;
  private final Set<String> wanted = new LinkedHashSet<>();
  private final Map<Fingerprint, Holder> holders = new LinkedHashMap<>();
  private final List<String> unreadable = new ArrayList<>();

  /** Starts a search for the makers of these signatures. */
  public SignerSearch(Collection<SignedDocument> documents) {
    this.documents = List.copyOf(documents);
    this.documents.forEach(document -> wanted.addAll(document.issuers()));
  }

  /** All that was found of one primary key. */
  private static final class Holder {
    private final PublicKey primary;
    private final Set<PublicKey> subkeys = new LinkedHashSet<>();
    private final List<SelfSignature> said = new ArrayList<>();

    Holder(PublicKey primary) {
      this.primary = primary;
    }

    void add(CertificateReader read) {
      subkeys.addAll(read.subkeys());
      said.addAll(read.said());
    }

    BoundKeys keys() {
      return new BoundKeys(primary, subkeys, said);
    }
  }

  /**
   * Looks through one more keyring: certificates one after the other, not armored.
   *
   * @throws IOException if the stream fails
   * @throws MalformedInputException if it is not a sequence of packets that begins with a key
   */
  public void in(InputStream keyring) throws IOException, MalformedInputException {
    PacketStream packets = new PacketStream(keyring, MAX_PACKET_BYTES);
    Candidate candidate = null;
    for (PacketStream.Next next = packets.next(); next != null; next = packets.next()) {
      if (next.tag() == Packet.SECRET_KEY || next.tag() == Packet.SECRET_SUBKEY) {
        throw new MalformedInputException("expected public keys only, found a secret key");
      }
      if (next.tag() == Packet.PUBLIC_KEY) {
        finish(candidate);
        candidate = new Candidate();
      }
      if (candidate == null) {
        throw new MalformedInputException(
            "expected a public key packet, tag 6, first, found tag " + next.tag());
      }
      candidate.take(next);
    }
    finish(candidate);
  }

  /** A certificate as it comes. */
  private final class Candidate {
    private final List<Packet> packets = new ArrayList<>();
    private long bytes;
    private boolean named;
    private boolean whole = true;

    void take(PacketStream.Next next) {
      if (next.tag() == Packet.TRUST) {
        // Somebody's notes in his own keyring file (section 5.10).
        return;
      }
      if (next.tag() == Packet.USER_ATTRIBUTE) {
        // Pictures can be large, and say nothing to us; the signatures below one neither.
        packets.add(new Packet(next.tag(), new byte[0]));
        return;
      }
      if (next.packet().isEmpty()) {
        whole = false;
        return;
      }
      Packet packet = next.packet().get();
      bytes += packet.body().length;
      if (packet.tag() == Packet.PUBLIC_KEY || packet.tag() == Packet.PUBLIC_SUBKEY) {
        named |= isNamed(packet.body());
      }
      if (bytes > MAX_CERTIFICATE_BYTES) {
        whole = false;
        packets.clear();
      } else {
        packets.add(packet);
      }
    }

    private boolean isNamed(byte[] keyBody) {
      try {
        Fingerprint fingerprint = PublicKey.fingerprint(keyBody);
        return wanted.contains(fingerprint.hex())
            || wanted.contains(PublicKey.keyId(keyBody[0], fingerprint));
      } catch (MalformedInputException e) {
        // Of an old version, which no signature of ours names.
        return false;
      }
    }
  }

  private void finish(@Nullable Candidate candidate) throws MalformedInputException {
    if (candidate == null || !candidate.named) {
      return;
    }
    if (!candidate.whole) {
      unreadable.add("it or one of its packets is too long");
      return;
    }
    try {
      CertificateReader read = new CertificateReader(candidate.packets);
      holders
          .computeIfAbsent(read.primary().fingerprint(), f -> new Holder(read.primary()))
          .add(read);
    } catch (MalformedInputException e) {
      unreadable.add(String.valueOf(e.getMessage()));
    }
    if (holders.size() > MOST_CERTIFICATES) {
      throw new MalformedInputException(
          "expected at most " + MOST_CERTIFICATES + " certificates with keys of one id");
    }
  }

  /**
   * Who signed, or why nobody counts: of several good signatures the first in the document.
   *
   * @param now to the verifier; a signature of the future is none
   */
  public Result result(Instant now) {
    List<String> objections = new ArrayList<>();
    for (SignedDocument document : documents) {
      Optional<Signer> signer = judge(document, now, objections);
      if (signer.isPresent()) {
        return new Result.Found(signer.get());
      }
    }
    unreadable.forEach(why -> objections.add("a certificate cannot be read: " + why));
    return new Result.Nobody(String.join("; ", new LinkedHashSet<>(objections)));
  }

  private Optional<Signer> judge(SignedDocument document, Instant now, List<String> objections) {
    Signature signature;
    try {
      signature = document.signature();
    } catch (MalformedInputException e) {
      objections.add("malformed signature: " + e.getMessage());
      return Optional.empty();
    }
    if (signature.created().isAfter(now.plus(Signature.CLOCK_SKEW))) {
      objections.add("the signature is dated in the future: " + signature.created());
      return Optional.empty();
    }
    Optional<Instant> end =
        signature.subpackets().end(Subpackets.EXPIRATION_TIME, signature.created());
    if (end.filter(each -> !now.isBefore(each)).isPresent()) {
      objections.add("the signature expired at " + end.get());
      return Optional.empty();
    }
    if (holders.isEmpty()) {
      objections.add(
          signature.subpackets().issuers().stream()
              .findFirst()
              .map(issuer -> "the signature names key " + issuer + ", which is in no keyring")
              .orElse("the signature does not say which key made it"));
      return Optional.empty();
    }
    Moment moment = Moment.signed(signature.created());
    for (Holder holder : holders.values()) {
      BoundKeys keys = holder.keys();
      SignatureResult result = keys.verify(signature, document.type(), document.content(), moment);
      if (result instanceof SignatureResult.Good good) {
        return Optional.of(new Signer(keys.fingerprint(), good.signingKey(), good.claimedTime()));
      }
      if (result instanceof SignatureResult.Bad bad) {
        objections.add(bad.reason());
      }
    }
    return Optional.empty();
  }

  /** What came of a search. */
  public sealed interface Result {
    /** A signature counts. */
    record Found(Signer signer) implements Result {}

    /**
     * None does.
     *
     * @param reason lower case; may quote what is in a hostile document, printable only
     */
    record Nobody(String reason) implements Result {}

    /** Who signed, if anybody. */
    default Optional<Signer> signedBy() {
      return this instanceof Found found ? Optional.of(found.signer()) : Optional.empty();
    }
  }
}
