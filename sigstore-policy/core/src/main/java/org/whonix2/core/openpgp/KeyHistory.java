package org.whonix2.core.openpgp;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.whonix2.core.MalformedInputException;

/**
 * A pinned certificate with the updates that one log brought: whose signatures count, judged by
 * that log's order. Immutable.
 *
 * <ul>
 *   <li>Who may sign, and until when, is what the primary key said last, in whichever update: a
 *       renewed subkey counts for what it signed before, too. An end is compared with the time at
 *       which the entry was surely in the log.
 *   <li>A hard revocation of the primary key or of the signing key voids every entry, whenever it
 *       came. A soft one voids the entries behind the update that brought it, and no other; one in
 *       the pinned certificate itself, whose index nobody knows, voids every entry. A key that was
 *       revoked is not bound again.
 *   <li>A user id taken back takes its self-signatures with it by the same rule.
 *   <li>The time that the signature claims decides nothing, but a signature dated after it was
 *       logged, or before its key was made, is refused.
 * </ul>
 *
 * <p>Only what the primary key signed is taken in ({@link Certificate#own}), so that an update
 * needs no other signature and nobody else can add or take away anything. The order of the calls of
 * {@link #updated} does not matter, and the same update twice is the same as once.
 */
public final class KeyHistory {
  /** How much a primary key may say in all its updates. */
  static final int MAX_BYTES = 4 * Certificate.MAX_BYTES;

  private final PublicKey primary;
  private final Map<SelfSignature.Identity, SelfSignature> said;
  private final boolean full;
  private final BoundKeys keys;

  private KeyHistory(PublicKey primary, Map<SelfSignature.Identity, SelfSignature> said) {
    this.primary = primary;
    // One that says too much says nothing any more: to drop what comes then could drop a
    // revocation.
    this.full = size(said.values()) > MAX_BYTES;
    this.said = full ? Map.of() : said;
    Collection<PublicKey> subkeys = this.said.values().stream().map(SelfSignature::key).toList();
    this.keys = new BoundKeys(primary, subkeys, this.said.values());
  }

  private static int size(Collection<SelfSignature> said) {
    return said.stream().mapToInt(SelfSignature::size).sum()
        + said.stream().map(SelfSignature::key).distinct().mapToInt(key -> key.body().length).sum()
        + said.stream()
            .flatMap(one -> one.userId().stream())
            .distinct()
            .mapToInt(userId -> userId.body().remaining())
            .sum();
  }

  /** The history that starts with this certificate, which the caller trusts for its fingerprint. */
  public static KeyHistory of(Certificate pinned) {
    return new KeyHistory(pinned.primary(), merged(Map.of(), pinned, SelfSignature.PINNED));
  }

  /**
   * The history with what the entry at that index brought.
   *
   * @param index the update's entry in the log, from 0
   * @param newer as much of the certificate as the update has
   * @return this very history where that is nothing new
   * @throws MalformedInputException for another primary key's certificate
   */
  public KeyHistory updated(long index, Certificate newer) throws MalformedInputException {
    if (index < 0) {
      throw new IllegalArgumentException("not a log index: " + index);
    }
    return with(newer, index);
  }

  private KeyHistory with(Certificate newer, long index) throws MalformedInputException {
    if (!newer.primary().equals(primary)) {
      throw new MalformedInputException(
          "expected a certificate of " + primary.fingerprint() + ", found " + newer.fingerprint());
    }
    // Everybody can publish old updates again and again: they cost no more than being read.
    return full || newer.said().stream().noneMatch(one -> isNews(one.since(index)))
        ? this
        : new KeyHistory(primary, merged(said, newer, index));
  }

  private boolean isNews(SelfSignature one) {
    SelfSignature known = said.get(one.identity());
    return known == null || known.learnsFrom(one);
  }

  /**
   * The history with what came nobody knows where: a soft revocation in it voids every entry.
   *
   * @throws MalformedInputException for another primary key's certificate
   */
  public KeyHistory updatedSomewhere(Certificate newer) throws MalformedInputException {
    return with(newer, SelfSignature.PINNED);
  }

  private static Map<SelfSignature.Identity, SelfSignature> merged(
      Map<SelfSignature.Identity, SelfSignature> said, Certificate newer, long index) {
    Map<SelfSignature.Identity, SelfSignature> all = new LinkedHashMap<>(said);
    for (SelfSignature one : newer.said()) {
      all.merge(one.identity(), one.since(index), SelfSignature::merged);
    }
    return all;
  }

  /** The primary key's. */
  public Fingerprint fingerprint() {
    return primary.fingerprint();
  }

  /**
   * Whether this is a signature by a key that may sign at that place of the log.
   *
   * @param binaryDetachedSignature one signature packet and nothing else
   * @param message the signed bytes
   * @param index the entry's, from 0
   * @param loggedBy a time at which the entry was surely in the log, as cosignatures show it
   */
  public SignatureResult verify(
      byte[] binaryDetachedSignature, byte[] message, long index, Instant loggedBy) {
    return verify(
        binaryDetachedSignature, message, signature -> Moment.logged(index, loggedBy), index);
  }

  /**
   * The same where nobody knows by when the entry was in the log: whether {@link #verify} can have
   * said so at some time up to {@code latest}. Ends of validity are compared with the first time at
   * which the signature's own date was not in the future.
   */
  public SignatureResult verifyAtSomeTime(
      byte[] binaryDetachedSignature, byte[] message, long index, Instant latest) {
    return verify(
        binaryDetachedSignature,
        message,
        signature -> {
          Instant first = signature.created().minus(Signature.CLOCK_SKEW);
          return Moment.logged(index, first.isAfter(latest) ? latest : first);
        },
        index);
  }

  private SignatureResult verify(
      byte[] signature, byte[] message, Function<Signature, Moment> moment, long index) {
    if (index < 0) {
      throw new IllegalArgumentException("not a log index: " + index);
    }
    if (full) {
      return new SignatureResult.Bad(
          "the updates of certificate " + fingerprint() + " exceed " + MAX_BYTES + " bytes");
    }
    return keys.verify(signature, message, moment);
  }

  /** Whether both came from the same statements at the same indices. */
  @Override
  public boolean equals(Object other) {
    return other instanceof KeyHistory that
        && primary.equals(that.primary)
        && full == that.full
        && parts().equals(that.parts());
  }

  @Override
  public int hashCode() {
    return Objects.hash(primary, parts());
  }

  private Set<Object> parts() {
    return said.values().stream()
        .map(
            one ->
                List.of(
                    one.identity(),
                    one.since(),
                    one.backSignatures().stream()
                        .map(back -> ByteBuffer.wrap(back.said()))
                        .collect(Collectors.toSet())))
        .collect(Collectors.toSet());
  }

  @Override
  public String toString() {
    return "history of certificate " + fingerprint();
  }
}
