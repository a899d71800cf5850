package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
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
 *
 * <p>Each class of each source is looked at once and by itself, as one rebuilder can name as many
 * sources, classes and artifacts as it likes.
 */
final class Counterparts {
  /**
   * How many artifacts that the very same operators vote for are judged. An honest operator names
   * few, so where there are more, all these operators lie, and none of it is needed.
   */
  static final int MOST_BY_THE_SAME = 64;

  private static final Comparator<Named> MOST_NAMED =
      Comparator.<Named>comparingInt(one -> -one.voters.size())
          .thenComparing(one -> one.artifact.digest())
          .thenComparing(one -> one.artifact.identity().toString())
          .thenComparing(one -> one.artifact.size());

  private final Grounds grounds;
  private final Evidence evidence;
  private final BinaryArtifact installed;
  private final Map<Asked, Counterpart> own = new HashMap<>();
  private final Map<Asked, Counterpart> others = new HashMap<>();

  Counterparts(Grounds grounds, BinaryArtifact installed) {
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
        found.add(others.computeIfAbsent(asked, this::nearest));
      } else if (demands.also().size() == 1) {
        found.add(ownClassOnly(asked));
      } else {
        found.add(own.computeIfAbsent(asked, this::ownClass));
      }
    }
    return found;
  }

  /** In its own class the file must do itself: other bits of it speak against it. */
  private Counterpart ownClass(Asked asked) {
    return counterpart(asked, judge(asked, Tally.of(grounds, installed, said(asked))));
  }

  /** Who asks for another compiler's word is not answered by the file's own compiler. */
  private Counterpart ownClassOnly(Asked asked) {
    Reason alone =
        new Reason(
            Rule.ALSO,
            "it is of " + asked.toolchain + " itself, and no other hash class is asked for",
            "a policy would be needed whose 'also' names another hash class too");
    Tally tally = Tally.of(grounds, installed, said(asked));
    return counterpart(asked, new Judged(tally, List.of(alone), Vetoes.NONE));
  }

  /** What a policy asks for in one class of one source. */
  private record Asked(String toolchain, Quorum quorum, Sha256 source, int vetoOperators) {}

  /** What is said in that class of that source. */
  private List<LoggedRebuild> said(Asked asked) {
    return evidence.ofSource(asked.source).stream()
        .filter(logged -> Ballot.hashClass(logged).equals(asked.toolchain))
        .toList();
  }

  /**
   * An artifact that somebody names.
   *
   * @param voters whose votes the quorum asks for, and who have one for it that counts
   */
  private record Named(BinaryArtifact artifact, Set<String> voters) {}

  /** Those that most operators vote for first, in an order that the log's does not change. */
  private List<Named> named(Asked asked, List<LoggedRebuild> said) {
    Set<String> members = asked.quorum.operators().members();
    Map<BinaryArtifact, Set<String>> voters = new HashMap<>();
    for (LoggedRebuild logged : said) {
      String operator = logged.rebuilder().operator();
      boolean counts = members.contains(operator) && Tally.counts(grounds, logged);
      for (BinaryArtifact artifact : logged.statement().artifacts()) {
        if (artifact.identity().isOfSamePackage(installed.identity())) {
          Set<String> some = voters.computeIfAbsent(artifact, key -> new TreeSet<>());
          if (counts) {
            some.add(operator);
          }
        }
      }
    }
    return voters.entrySet().stream()
        .map(one -> new Named(one.getKey(), one.getValue()))
        .sorted(MOST_NAMED)
        .toList();
  }

  /** What does; else, to be told, what comes nearest to it. */
  private Counterpart nearest(Asked asked) {
    List<LoggedRebuild> said = said(asked);
    Map<Set<String>, Integer> bySame = new HashMap<>();
    Optional<Judged> best = Optional.empty();
    for (Named one : named(asked, said)) {
      boolean isEnough = asked.quorum.operators().isMetBy(one.voters);
      boolean isWorthIt =
          best.isEmpty()
              || (isEnough && bySame.merge(one.voters, 1, Integer::sum) < MOST_BY_THE_SAME);
      if (isWorthIt) {
        Judged judged = judge(asked, Tally.ofAnyVersion(grounds, one.artifact, said));
        best =
            best.filter(before -> Judged.NEAREST.compare(before, judged) <= 0)
                .or(() -> Optional.of(judged));
      }
      if (best.isPresent() && best.get().isMetWithoutEnd()) {
        break;
      }
    }
    return best.map(judged -> counterpart(asked, judged)).orElseGet(() -> nothing(asked, said));
  }

  /**
   * One artifact beside what is asked.
   *
   * @param complaints why it does not do
   */
  private record Judged(Tally tally, List<Reason> complaints, Vetoes vetoes) {
    /** What does first, and for the longest time; then what most operators vote for. */
    private static final Comparator<Judged> NEAREST =
        Comparator.comparing((Judged one) -> !one.complaints.isEmpty())
            .thenComparing(Judged::until, Ballot.LONGEST)
            .thenComparing(one -> -Agreement.operators(one.tally.votes()).size());

    private Optional<Instant> until() {
      return vetoes.until();
    }

    private boolean isHeld() {
      return !complaints.isEmpty()
          && complaints.stream().allMatch(complaint -> complaint.rule() == Rule.VETO);
    }

    private boolean isMetWithoutEnd() {
      return complaints.isEmpty() && until().isEmpty();
    }
  }

  private static Judged judge(Asked asked, Tally tally) {
    Vetoes vetoes = tally.vetoes(asked.toolchain, Optional.of(asked.source));
    List<Reason> complaints = new Agreement(asked.quorum, tally.votes()).reasons();
    vetoes.refuse(asked.vetoOperators).ifPresent(complaints::add);
    return new Judged(tally, complaints, vetoes);
  }

  private static Counterpart counterpart(Asked asked, Judged judged) {
    Tally tally = judged.tally;
    List<Verdict.Uncounted> uncounted = new ArrayList<>(tally.uncounted());
    uncounted.addAll(tally.otherBits());
    uncounted.addAll(failures(tally.said()));
    BinaryArtifact artifact = tally.artifact();
    String what = artifact.identity() + " with SHA-256 " + artifact.digest();
    return new Counterpart(
        asked.toolchain,
        asked.quorum,
        Optional.of(artifact),
        tally.votes(),
        tally.votesSetAside(),
        uncounted,
        judged.vetoes.standing(),
        judged.isHeld(),
        refusal(asked, what, judged.complaints),
        judged.until());
  }

  private Counterpart nothing(Asked asked, List<LoggedRebuild> said) {
    var identity = installed.identity();
    String missing = "votes of these would be needed: " + asked.quorum.operators();
    Reason nobody =
        new Reason(Rule.ALSO, "nobody attested it from the same source, " + asked.source, missing);
    return new Counterpart(
        asked.toolchain,
        asked.quorum,
        Optional.empty(),
        List.of(),
        List.of(),
        failures(said),
        List.of(),
        false,
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

  private static List<Verdict.Uncounted> failures(List<LoggedRebuild> said) {
    List<Verdict.Uncounted> failures = new ArrayList<>();
    for (LoggedRebuild logged : said) {
      if (logged.statement() instanceof RebuildFailure failure) {
        failures.add(new Verdict.Uncounted(logged, "its rebuild failed: " + failure.reason()));
      }
    }
    return failures;
  }
}
