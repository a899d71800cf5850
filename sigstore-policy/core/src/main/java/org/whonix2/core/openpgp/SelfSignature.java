package org.whonix2.core.openpgp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One thing that a primary key says about a part of its certificate. That it says so is proven;
 * what it is worth depends on the {@link Moment}.
 *
 * @param key what it is about: the primary key itself or a subkey
 * @param userId the user id that it is about too, if any
 * @param backSignatures the subkey's own over the primary key, proven; none for a primary key
 * @param since the log index of the update that brought it first, or {@link #PINNED}
 */
record SelfSignature(
    PublicKey key,
    Optional<UserId> userId,
    Signature signature,
    List<Signature> backSignatures,
    long since) {
  /** Before all indices: it stood in the pinned certificate. */
  static final long PINNED = -1;

  private static final Set<Integer> KEY_REVOCATIONS =
      Set.of(Signature.KEY_REVOCATION, Signature.SUBKEY_REVOCATION);

  SelfSignature {
    backSignatures = List.copyOf(backSignatures);
  }

  /**
   * What tells one statement from another: nothing that someone without the key could vary, such as
   * a signature's unhashed area.
   */
  record Identity(PublicKey key, Optional<UserId> userId, ByteBuffer said) {}

  Identity identity() {
    return new Identity(key, userId, ByteBuffer.wrap(signature.said()));
  }

  SelfSignature since(long index) {
    return new SelfSignature(key, userId, signature, backSignatures, index);
  }

  /** Whether another copy of the same statement is older or has a back-signature of its own. */
  boolean learnsFrom(SelfSignature copy) {
    return copy.since < since || copy.backSignatures.stream().anyMatch(this::isNews);
  }

  private boolean isNews(Signature back) {
    return backSignatures.stream().noneMatch(known -> known.says(back));
  }

  /** This and another copy of the same statement. */
  SelfSignature merged(SelfSignature copy) {
    List<Signature> back = new ArrayList<>(backSignatures);
    copy.backSignatures.stream().filter(this::isNews).forEach(back::add);
    return new SelfSignature(key, userId, signature, back, Math.min(since, copy.since));
  }

  /** How many bytes it says, besides what it is about. */
  int size() {
    return signature.said().length
        + backSignatures.stream().mapToInt(back -> back.said().length).sum();
  }

  boolean revokesKey() {
    return KEY_REVOCATIONS.contains(signature.type());
  }

  /** Whether it takes back what was said about a user id, or about the primary key on its own. */
  boolean takesBack() {
    return signature.type() == Signature.CERTIFICATION_REVOCATION;
  }

  boolean takesBack(SelfSignature earlier) {
    return takesBack()
        && userId.equals(earlier.userId)
        && !signature.created().isBefore(earlier.signature.created());
  }

  /** Whether a revocation counts there: a hard one always, a soft one for what came behind it. */
  boolean counts(Moment moment) {
    return signature.subpackets().reason().hard()
        || since < moment.index()
        || moment.isAfterItsOwnWord(signature.created());
  }

  /**
   * Whether its key flags and expiry count. Of a version 6 primary key only a direct key signature
   * says these (RFC 9580, section 5.2.3.10).
   */
  boolean bindsKey() {
    int type = signature.type();
    return type == Signature.DIRECT_KEY
        || type == Signature.SUBKEY_BINDING
        || (bindsUserId() && key.version() == 4);
  }

  boolean bindsUserId() {
    int type = signature.type();
    return type >= Signature.GENERIC_CERTIFICATION && type <= Signature.POSITIVE_CERTIFICATION;
  }
}
