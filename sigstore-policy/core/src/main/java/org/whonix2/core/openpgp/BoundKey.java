package org.whonix2.core.openpgp;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A key of a certificate with the signatures by the primary key that are about it. Their
 * mathematics is proven; what they are worth depends on the time.
 *
 * @param bindings self-signatures (of the primary key) or bindings (of a subkey)
 * @param revocations one is enough, whatever its reason and date
 */
record BoundKey(
    PublicKey key, boolean primary, List<Binding> bindings, List<Signature> revocations) {
  BoundKey {
    bindings = List.copyOf(bindings);
    revocations = List.copyOf(revocations);
  }

  /**
   * @param backSignatures the subkey's own over the primary key, proven; none for a primary key
   */
  record Binding(Signature signature, List<Signature> backSignatures) {
    Binding {
      backSignatures = List.copyOf(backSignatures);
    }
  }

  /** How messages call it. */
  String name() {
    return (primary ? "primary key " : "subkey ") + key.fingerprint();
  }

  /** Why this key is not a living part of its certificate at that time; empty if it is. */
  Optional<String> problem(Instant at) {
    if (key.material().weakness().isPresent()) {
      return key.material().weakness().map(weakness -> name() + " is " + weakness);
    }
    if (!revocations.isEmpty()) {
      return Optional.of(name() + " is revoked");
    }
    Optional<Binding> binding = inForce(at);
    if (binding.isEmpty()) {
      return Optional.of(unbound(at));
    }
    return binding
        .get()
        .signature()
        .endOf(key)
        .filter(end -> !at.isBefore(end))
        .map(end -> name() + " expired at " + end);
  }

  /** Why this key, alive, may not sign documents at that time; empty if it may. */
  Optional<String> signingProblem(Instant at) {
    Optional<Binding> binding = inForce(at);
    if (binding.isEmpty()) {
      return Optional.of(unbound(at));
    }
    if (!binding.get().signature().grants(Signature.MAY_SIGN)) {
      return Optional.of(name() + " has no sign flag");
    }
    if (primary) {
      return Optional.empty();
    }
    List<Signature> back = binding.get().backSignatures();
    if (back.isEmpty()) {
      return Optional.of(name() + " has no valid back-signature");
    }
    if (back.stream().anyMatch(signature -> signature.objection(at).isEmpty())) {
      return Optional.empty();
    }
    return back.get(0).objection(at).map(why -> "the back-signature of " + name() + " " + why);
  }

  /** The newest binding that counts; of several made in one second the one that grants less. */
  private Optional<Binding> inForce(Instant at) {
    return bindings.stream()
        .filter(binding -> objection(binding.signature(), at).isEmpty())
        .max(
            Comparator.comparing((Binding binding) -> binding.signature().created())
                .thenComparing(binding -> !binding.signature().grants(Signature.MAY_SIGN))
                .thenComparing(
                    binding -> binding.signature().endOf(key).orElse(Instant.MAX),
                    Comparator.reverseOrder()));
  }

  private Optional<String> objection(Signature binding, Instant at) {
    return binding.created().isBefore(key.created())
        ? Optional.of("is dated before the key itself")
        : binding.objection(at);
  }

  private String unbound(Instant at) {
    String kind = primary ? "self-signature" : "binding signature";
    return bindings.stream()
        .max(Comparator.comparing(binding -> binding.signature().created()))
        .flatMap(binding -> objection(binding.signature(), at))
        .map(why -> "the " + kind + " of " + name() + " " + why)
        .orElse(name() + " has no valid " + kind);
  }
}
