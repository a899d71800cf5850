package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.policy.Demands;
import org.whonix2.core.policy.Quorum;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.verdict.Reason.Rule;

/**
 * Looks for what a policy asks for in other hash classes: for one source, a quorum there for one
 * artifact of the installed file's name and architecture. Its version is not compared, as a variant
 * can carry a suffix; the source is, by its digest, and so what was compiled.
 */
final class Counterparts {
  /** What does first, and for the longest time; then what most operators vote for. */
  private static final Comparator<Counterpart> NEAREST =
      Comparator.comparing((Counterpart one) -> !one.met())
          .thenComparing(Counterpart::until, Ballot.LONGEST)
          .thenComparing(one -> -Agreement.operators(one.votes()).size());

  private final Grounds grounds;
  private final Evidence evidence;
  private final Tally installed;

  /**
   * @param installed what was said of the installed file
   */
  Counterparts(Grounds grounds, Tally installed) {
    this.grounds = grounds;
    this.evidence = grounds.evidence();
    this.installed = installed;
  }

  /**
   * One for each class that the demands name, in the order of their names.
   *
   * @param hashClass of the installed file's votes
   * @param source of the installed file's votes
   */
  List<Counterpart> of(Demands demands, String hashClass, Sha256 source) {
    List<Counterpart> found = new ArrayList<>();
    for (Map.Entry<String, Quorum> also : demands.also().entrySet()) {
      Asked asked = new Asked(also.getKey(), also.getValue(), source, demands.vetoOperators());
      if (!asked.toolchain.equals(hashClass)) {
        found.add(nearest(asked));
      } else if (demands.also().size() == 1) {
        found.add(ownClassOnly(asked));
      } else {
        // In its own class the file must do itself: other bits of it speak against it.
        found.add(judge(asked, installed));
      }
    }
    return found;
  }

  private Counterpart nearest(Asked asked) {
    return tallies(asked).stream()
        .map(tally -> judge(asked, tally))
        .min(NEAREST)
        .orElseGet(() -> nothing(asked));
  }

  /** Who asks for another compiler's word is not answered by the file's own compiler. */
  private Counterpart ownClassOnly(Asked asked) {
    Reason alone =
        new Reason(
            Rule.ALSO,
            "it is of " + asked.toolchain + " itself, and no other hash class is asked for",
            "a policy would be needed whose 'also' names another hash class too");
    return counterpart(asked, installed, List.of(alone), Optional.empty());
  }

  /** What a policy asks for in one class of one source. */
  private record Asked(String toolchain, Quorum quorum, Sha256 source, int vetoOperators) {
    boolean concerns(LoggedRebuild logged) {
      return Ballot.hashClass(logged).equals(toolchain)
          && logged.rebuild().source().digest().equals(source);
    }

    List<LoggedRebuild> votes(Tally tally) {
      return tally.votes().stream().filter(this::concerns).toList();
    }
  }

  private static String order(BinaryArtifact artifact) {
    return artifact.digest() + " " + artifact.identity() + " " + artifact.size();
  }

  /**
   * What enough operators name to be a quorum; else, to be told, what most of them name. In an
   * order that the log's does not change.
   */
  private List<Tally> tallies(Asked asked) {
    List<BinaryArtifact> named =
        evidence.ofSource(asked.source).stream()
            .filter(asked::concerns)
            .flatMap(logged -> logged.statement().artifacts().stream())
            .filter(this::isThePackage)
            .distinct()
            .sorted(
                Comparator.<BinaryArtifact>comparingInt(one -> -evidence.operatorsNaming(one))
                    .thenComparing(Counterparts::order))
            .toList();
    int fewest = asked.quorum.operators().fewest();
    Predicate<BinaryArtifact> isNamedByEnough = one -> evidence.operatorsNaming(one) >= fewest;
    long most = Math.max(1, named.stream().filter(isNamedByEnough).count());
    return named.stream().limit(most).map(one -> new Tally(grounds, one)).toList();
  }

  private boolean isThePackage(BinaryArtifact other) {
    var identity = installed.artifact().identity();
    return other.identity().name().equals(identity.name())
        && other.identity().architecture().equals(identity.architecture());
  }

  private Counterpart judge(Asked asked, Tally tally) {
    Vetoes vetoes = tally.vetoes(asked.toolchain);
    List<Reason> complaints = new Agreement(asked.quorum, asked.votes(tally)).reasons();
    vetoes.refuse(asked.vetoOperators).ifPresent(complaints::add);
    return counterpart(asked, tally, complaints, vetoes.overridden());
  }

  private Counterpart counterpart(
      Asked asked, Tally tally, List<Reason> complaints, Optional<Instant> until) {
    List<Verdict.Uncounted> uncounted = new ArrayList<>(tally.uncounted());
    uncounted.addAll(tally.otherBits());
    uncounted.removeIf(other -> !asked.concerns(other.statement()));
    uncounted.addAll(failures(asked));
    BinaryArtifact artifact = tally.artifact();
    String what = artifact.identity() + " with SHA-256 " + artifact.digest();
    return new Counterpart(
        asked.toolchain,
        asked.quorum,
        Optional.of(artifact),
        asked.votes(tally),
        tally.votesSetAside().stream().filter(asked::concerns).toList(),
        uncounted,
        refusal(asked, what, complaints),
        until);
  }

  private Counterpart nothing(Asked asked) {
    var identity = installed.artifact().identity();
    String missing = "votes of these would be needed: " + asked.quorum.operators();
    Reason nobody =
        new Reason(Rule.ALSO, "nobody attested it from the same source, " + asked.source, missing);
    return new Counterpart(
        asked.toolchain,
        asked.quorum,
        Optional.empty(),
        List.of(),
        List.of(),
        failures(asked),
        refusal(asked, identity.name() + " " + identity.architecture(), List.of(nobody)),
        Optional.empty());
  }

  /** One reason for all that is wrong, or none. */
  private static List<Reason> refusal(Asked asked, String what, List<Reason> complaints) {
    return complaints.isEmpty()
        ? List.of()
        : List.of(
            new Reason(
                Rule.ALSO,
                "the policy asks for "
                    + asked.toolchain
                    + " too, and of "
                    + what
                    + ": "
                    + join(complaints, Reason::what),
                "with " + asked.toolchain + ": " + join(complaints, Reason::remedy)));
  }

  private static String join(List<Reason> reasons, Function<Reason, String> text) {
    return reasons.stream().map(text).collect(Collectors.joining("; "));
  }

  private List<Verdict.Uncounted> failures(Asked asked) {
    List<Verdict.Uncounted> failures = new ArrayList<>();
    for (LoggedRebuild logged : evidence.ofSource(asked.source)) {
      if (asked.concerns(logged) && logged.statement() instanceof RebuildFailure failure) {
        failures.add(new Verdict.Uncounted(logged, "its rebuild failed: " + failure.reason()));
      }
    }
    return failures;
  }
}
