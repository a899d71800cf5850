package org.whonix2.core.policy;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.quorum.Group;

/**
 * People who sign together: maintainers of a policy, or reviewers.
 *
 * @param group who of them must, by name; empty where there are none, which nobody can meet
 */
public record Signatories(Optional<Group> group, List<Signatory> people) {
  /** Nobody: what they would have to sign cannot be signed. */
  public static final Signatories NONE = new Signatories(Optional.empty(), List.of());

  public Signatories {
    people = List.copyOf(people);
  }

  /** One of them and his pinned certificate. */
  public record Signatory(String name, Certificate certificate) {}

  /** Who has this primary fingerprint. */
  public Optional<Signatory> withKey(Fingerprint fingerprint) {
    return people.stream()
        .filter(person -> person.certificate().fingerprint().equals(fingerprint))
        .findFirst();
  }

  /** Whether those with these primary fingerprints are enough. */
  public boolean areMetBy(Collection<Fingerprint> signers) {
    return group.map(all -> all.isMetBy(names(signers))).orElse(false);
  }

  /** Whose signature is missing, for people. */
  public String missing(Collection<Fingerprint> signers) {
    return group.map(all -> all.missing(names(signers))).orElse("people whom the policy names");
  }

  private Set<String> names(Collection<Fingerprint> signers) {
    return people.stream()
        .filter(person -> signers.contains(person.certificate().fingerprint()))
        .map(Signatory::name)
        .collect(Collectors.toSet());
  }
}
