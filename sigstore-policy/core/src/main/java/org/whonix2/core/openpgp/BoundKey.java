package org.whonix2.core.openpgp;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A key of a certificate with all that the primary key says about it.
 *
 * @param bindings self-signatures (of the primary key) or bindings (of a subkey)
 * @param takenBack revocations of such, as of a user id
 * @param revocations of the key
 */
record BoundKey(
    PublicKey key,
    boolean primary,
    List<SelfSignature> bindings,
    List<SelfSignature> takenBack,
    List<SelfSignature> revocations) {

  /**
   * @param said by the primary key about any of its keys, in any order
   */
  static BoundKey of(PublicKey key, boolean primary, Collection<SelfSignature> said) {
    List<SelfSignature> about = said.stream().filter(s -> s.key().equals(key)).toList();
    return new BoundKey(
        key,
        primary,
        about.stream().filter(SelfSignature::bindsKey).toList(),
        about.stream().filter(SelfSignature::takesBack).toList(),
        about.stream().filter(SelfSignature::revokesKey).toList());
  }

  /** How messages call it. */
  String name() {
    return (primary ? "primary key " : "subkey ") + key.fingerprint();
  }

  /** Why this key is not a living part of its certificate at that moment; empty if it is. */
  Optional<String> problem(Moment moment) {
    if (key.material().weakness().isPresent()) {
      return key.material().weakness().map(weakness -> name() + " is " + weakness);
    }
    Optional<SelfSignature> revocation =
        revocations.stream()
            .filter(said -> said.counts(moment))
            .min(
                Comparator.comparing(
                        (SelfSignature said) -> !said.signature().subpackets().reason().hard())
                    .thenComparingLong(SelfSignature::since));
    if (revocation.isPresent()) {
      return revocation.map(this::revoked);
    }
    Optional<SelfSignature> binding = inForce(moment);
    if (binding.isEmpty()) {
      return Optional.of(unbound(moment));
    }
    return binding
        .get()
        .signature()
        .endOf(key)
        .filter(end -> !moment.at().isBefore(end))
        .map(end -> name() + " expired at " + end);
  }

  private String revoked(SelfSignature revocation) {
    RevocationReason reason = revocation.signature().subpackets().reason();
    String since =
        reason.hard() || revocation.since() == SelfSignature.PINNED
            ? ""
            : " since log index " + revocation.since();
    return name() + " is revoked (" + reason.text() + ")" + since;
  }

  /** Why this key, alive, may not sign documents at that moment; empty if it may. */
  Optional<String> signingProblem(Moment moment) {
    Optional<SelfSignature> binding = inForce(moment);
    if (binding.isEmpty()) {
      return Optional.of(unbound(moment));
    }
    if (!binding.get().signature().subpackets().grants(Signature.MAY_SIGN)) {
      return Optional.of(name() + " has no sign flag");
    }
    if (primary) {
      return Optional.empty();
    }
    List<Signature> back = binding.get().backSignatures();
    if (back.isEmpty()) {
      return Optional.of(name() + " has no valid back-signature");
    }
    if (back.stream().anyMatch(signature -> signature.objection(moment).isEmpty())) {
      return Optional.empty();
    }
    return back.get(0).objection(moment).map(why -> "the back-signature of " + name() + " " + why);
  }

  /** The newest binding that counts; of several made in one second the one that grants less. */
  private Optional<SelfSignature> inForce(Moment moment) {
    return bindings.stream()
        .filter(binding -> objection(binding, moment).isEmpty())
        .max(
            Comparator.comparing((SelfSignature binding) -> binding.signature().created())
                .thenComparing(
                    binding -> !binding.signature().subpackets().grants(Signature.MAY_SIGN))
                .thenComparing(
                    binding -> binding.signature().endOf(key).orElse(Instant.MAX),
                    Comparator.reverseOrder())
                // A copy from which somebody cut the back-signature takes nothing away.
                .thenComparing(binding -> !binding.backSignatures().isEmpty()));
  }

  boolean isTakenBack(SelfSignature binding, Moment moment) {
    return takenBack.stream()
        .anyMatch(revocation -> revocation.takesBack(binding) && revocation.counts(moment));
  }

  private Optional<String> objection(SelfSignature binding, Moment moment) {
    if (isTakenBack(binding, moment)) {
      return Optional.of("is revoked");
    }
    return binding.signature().created().isBefore(key.created())
        ? Optional.of("is dated before the key itself")
        : binding.signature().objection(moment);
  }

  private String unbound(Moment moment) {
    String kind = primary ? "self-signature" : "binding signature";
    return bindings.stream()
        .max(Comparator.comparing(binding -> binding.signature().created()))
        .flatMap(binding -> objection(binding, moment))
        .map(why -> "the " + kind + " of " + name() + " " + why)
        .orElse(name() + " has no valid " + kind);
  }
}
