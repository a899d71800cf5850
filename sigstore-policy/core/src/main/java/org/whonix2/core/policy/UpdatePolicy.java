package org.whonix2.core.policy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.log.WitnessQuorum;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;

/**
 * A box's policy, complete and free of contradictions.
 *
 * @param serial counts this policy's versions, from 1
 * @param expires from then on everything is refused
 * @param maintainers who may replace it
 * @param mode whether the gates stop what is refused
 * @param logs at least one
 * @param rebuilders at least one; no name or key twice
 * @param source whose source packages count; empty for any
 * @param demands on every package that no rule matches
 * @param rules other demands, the first that matches first
 * @param exemptions by hash, by the owner
 * @param reviewers whose statements in the log exempt or override
 * @param silent how many rebuilders may be without a fresh snapshot; empty for all of them
 * @param freshness how old the witnesses' newest word may be
 * @param protect what no installation may remove or downgrade, {@link #SELF} always among it
 */
public record UpdatePolicy(
    String name,
    int serial,
    Instant expires,
    Signatories maintainers,
    Mode mode,
    List<LogSource> logs,
    WitnessQuorum witnesses,
    List<Rebuilder> rebuilders,
    Optional<SourceSigners> source,
    Demands demands,
    List<PolicyRule> rules,
    List<HashExemption> exemptions,
    Signatories reviewers,
    OptionalInt silent,
    Duration freshness,
    SortedSet<PackageName> protect) {
  /** The package that holds the gates. */
  public static final PackageName SELF = new PackageName("whonix2-update");

  /** The longest policy document. */
  public static final int MAX_BYTES = 256 << 10;

  public UpdatePolicy {
    logs = List.copyOf(logs);
    rebuilders = List.copyOf(rebuilders);
    rules = List.copyOf(rules);
    exemptions = List.copyOf(exemptions);
    if (logs.isEmpty() || rebuilders.isEmpty()) {
      throw new IllegalArgumentException("expected at least one log and one rebuilder");
    }
    if (silent.isPresent() && silent.getAsInt() >= rebuilders.size()) {
      throw new IllegalArgumentException(
          "expected fewer silent rebuilders than all " + rebuilders.size());
    }
    eachKeyHasOneCertificate(rebuilders, maintainers, reviewers);
    Set<String> operators = operators(rebuilders);
    for (Quorum each : quorums(demands, rules)) {
      Set<String> asked = each.operators().members();
      if (!operators.containsAll(asked)) {
        throw new IllegalArgumentException(
            "expected operators of rebuilders, " + operators + ", in every quorum, found " + asked);
      }
    }
    SortedSet<PackageName> withSelf = new TreeSet<>(protect);
    withSelf.add(SELF);
    protect = Collections.unmodifiableSortedSet(withSelf);
  }

  /**
   * Who has several parts has them under one certificate: else a revocation could be overlooked.
   */
  private static void eachKeyHasOneCertificate(
      List<Rebuilder> rebuilders, Signatories maintainers, Signatories reviewers) {
    List<Certificate> all = new ArrayList<>();
    rebuilders.forEach(rebuilder -> all.add(rebuilder.certificate()));
    maintainers.people().forEach(person -> all.add(person.certificate()));
    reviewers.people().forEach(person -> all.add(person.certificate()));
    Map<Fingerprint, Certificate> known = new HashMap<>();
    for (Certificate certificate : all) {
      Certificate before = known.putIfAbsent(certificate.fingerprint(), certificate);
      if (before != null && !before.equals(certificate)) {
        throw new IllegalArgumentException(
            "expected one certificate of " + certificate.fingerprint() + ", found two");
      }
    }
  }

  /** The fewest operators that can meet what this policy asks for a package of that name. */
  public int fewestOperators(PackageName name, Instant now) {
    return rules.stream()
        .filter(rule -> rule.concerns(name, now))
        .mapToInt(rule -> rule.demands().quorum().operators().fewest())
        .reduce(demands.quorum().operators().fewest(), Math::min);
  }

  private static List<Quorum> quorums(Demands own, List<PolicyRule> rules) {
    List<Quorum> all = new ArrayList<>();
    Stream.concat(Stream.of(own), rules.stream().map(PolicyRule::demands))
        .forEach(
            each -> {
              all.add(each.quorum());
              all.addAll(each.also().values());
            });
    return all;
  }

  static Set<String> operators(List<Rebuilder> rebuilders) {
    return rebuilders.stream()
        .map(Rebuilder::operator)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Where the files that a policy names come from. */
  public interface NamedFiles {
    /**
     * The file's bytes.
     *
     * @param path relative to the policy document, without {@code ..}
     * @param maxBytes the most it may have
     * @throws IOException if it cannot be read
     */
    byte[] read(String path, int maxBytes) throws IOException;
  }

  /**
   * Reads a policy document and the files it names.
   *
   * @param yaml at most {@link #MAX_BYTES}
   * @throws MalformedInputException with the line, if it is not a policy this program can act on
   * @throws IOException if a file cannot be read
   */
  public static UpdatePolicy parse(byte[] yaml, NamedFiles files)
      throws MalformedInputException, IOException {
    return PolicyReader.read(yaml, files);
  }

  /**
   * What a vote from this suite in this hash class must be part of: each of these suffices. There
   * is more than one where a relaxation matches, which is an offer: what would do without it does
   * with it, so that its end takes nothing away but itself.
   */
  public List<Terms> terms(PackageName name, String suite, String toolchain, Instant now) {
    List<Terms> terms = new ArrayList<>();
    for (PolicyRule rule : rules) {
      if (rule.matches(name, suite, toolchain, now)) {
        Optional<Instant> end = rule.relaxation().map(PolicyRule.Relaxation::until);
        terms.add(new Terms(rule.demands(), Optional.of(rule.number()), end));
        if (end.isEmpty()) {
          return terms;
        }
      }
    }
    terms.add(new Terms(demands, Optional.empty(), Optional.empty()));
    return terms;
  }

  /** The rebuilder whose certificate has this primary fingerprint. */
  public Optional<Rebuilder> rebuilder(Fingerprint fingerprint) {
    return rebuilders.stream()
        .filter(rebuilder -> rebuilder.certificate().fingerprint().equals(fingerprint))
        .findFirst();
  }

  /** The certificate with this primary fingerprint, whoever of the policy has it. */
  public Optional<Certificate> certificate(Fingerprint fingerprint) {
    return rebuilder(fingerprint)
        .map(Rebuilder::certificate)
        .or(() -> reviewers.withKey(fingerprint).map(Signatories.Signatory::certificate))
        .or(() -> maintainers.withKey(fingerprint).map(Signatories.Signatory::certificate));
  }
}
