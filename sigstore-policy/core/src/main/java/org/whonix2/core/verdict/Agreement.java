package org.whonix2.core.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.whonix2.core.policy.Dimension;
import org.whonix2.core.policy.Quorum;
import org.whonix2.core.quorum.Group;
import org.whonix2.core.verdict.Reason.Rule;

/**
 * Votes for one SHA-256 in one hash class beside the quorum that is asked of them.
 *
 * @param votes each of which counts
 */
record Agreement(Quorum quorum, List<LoggedRebuild> votes) {
  static Set<String> operators(List<LoggedRebuild> some) {
    return some.stream()
        .map(logged -> logged.rebuilder().operator())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The voters whom the quorum asks. */
  Set<String> asked() {
    Set<String> asked = operators(votes);
    asked.retainAll(quorum.operators().members());
    return asked;
  }

  /** Why these votes are not that quorum; nothing if they are. */
  List<Reason> reasons() {
    List<Reason> reasons = new ArrayList<>();
    operatorsMustBeEnough(reasons);
    votesMustDiffer(reasons);
    return reasons;
  }

  private void operatorsMustBeEnough(List<Reason> reasons) {
    Group group = quorum.operators();
    Set<String> voters = asked();
    if (group.isMetBy(voters)) {
      return;
    }
    boolean isFlat = voters.size() < group.fewest();
    reasons.add(
        new Reason(
            Rule.QUORUM,
            voters.size()
                + (isFlat ? " of " + group.fewest() : "")
                + " operators vote for this SHA-256"
                + (voters.isEmpty() ? "" : ": " + String.join(", ", voters))
                + (isFlat ? "" : "; the policy asks for " + group),
            "votes of these would be needed: " + group.missing(voters)));
  }

  private void votesMustDiffer(List<Reason> reasons) {
    Set<String> asked = asked();
    List<LoggedRebuild> counting =
        votes.stream().filter(vote -> asked.contains(vote.rebuilder().operator())).toList();
    quorum.distinct().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .filter(demand -> DistinctValues.count(demand.getKey(), counting) < demand.getValue())
        .map(demand -> tooFew(demand.getKey(), demand.getValue(), counting))
        .forEach(reasons::add);
  }

  private static Reason tooFew(Dimension dimension, int asked, List<LoggedRebuild> counting) {
    String what =
        "the votes cover "
            + DistinctValues.count(dimension, counting)
            + " of "
            + asked
            + " different values of "
            + dimension.key();
    String remedy = "votes from operators that differ in " + dimension.key() + " would be needed";
    return dimension == Dimension.COMPILER_ROOT
        ? Stages.of(counting).explain(new Reason(Rule.DISTINCT, what, remedy))
        : new Reason(Rule.DISTINCT, what, remedy);
  }
}
