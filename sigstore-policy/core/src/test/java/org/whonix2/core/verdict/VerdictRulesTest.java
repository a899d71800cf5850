package org.whonix2.core.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.whonix2.core.verdict.World.NOW;
import static org.whonix2.core.verdict.World.file;
import static org.whonix2.core.verdict.World.followed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.policy.Dimension;
import org.whonix2.core.statement.Binaries;
import org.whonix2.core.verdict.Reason.Rule;

/** The verdict rules, a test each. */
class VerdictRulesTest {
  private final World world = new World();

  @Test
  void threeOperatorsOfThreeAreAQuorum() {
    world.agreed();
    Verdict verdict = world.judge(world.archiveFile);
    assertThat(verdict.accepted()).isTrue();
    assertThat(verdict.votes())
        .extracting(vote -> vote.rebuilder().operator())
        .containsExactly("alpha", "beta", "gamma");
  }

  @Test
  void twoOfThreeAreNot() {
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.assertRefused(Rule.QUORUM);
    assertThat(world.judge(world.archiveFile).reasons().get(0).remedy()).contains("gamma");
  }

  @Test
  void bitsThatCameOutOfATreeInGitAreAVoteForTheseBits() {
    world.says("alpha-1").log();
    world.says("beta-1").fromGit().log();
    world.assertRefused(Rule.QUORUM);
    world.says("gamma-1").fromGit().log();
    world.assertAccepted();
  }

  /** Two sources are no two builds of one. */
  @Test
  void otherBitsFromGitAreNoMismatchWithThoseOfTheSourcePackage() {
    world.threshold = 2;
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.says("gamma-1").fromGit().got(file("net-tools", 9)).log();
    world.assertAccepted();
    // Of one tree, in one environment.
    world.says("alpha-1").fromGit().asNumber(2).log();
    world.assertRefused(Rule.VETO);
  }

  @Test
  void aThresholdAboveWhatThePolicyNamesIsNoPolicy() {
    world.agreed().threshold = 4;
    assertThatIllegalArgumentException()
        .isThrownBy(world::policy)
        .withMessageContaining("from 1 to 3");
  }

  @Test
  void aFileNobodyRebuiltIsRefused() {
    world.agreed();
    Verdict verdict = world.judge(file("hostname", 7));
    assertThat(verdict.reasons()).extracting(Reason::rule).containsExactly(Rule.QUORUM);
    assertThat(verdict.votes()).isEmpty();
  }

  @Test
  void theDigestDecidesNotTheName() {
    world.agreed();
    Verdict verdict = world.judge(file("net-tools", 9));
    assertThat(verdict.accepted()).isFalse();
    assertThat(verdict.uncounted())
        .hasSize(3)
        .allSatisfy(other -> assertThat(other.why()).contains("other bits"));
  }

  @Test
  void theNameInsideMustBeTheOneAttested() {
    world.agreed();
    Verdict verdict = world.judge(file("linux-image-amd64", 1));
    assertThat(verdict.accepted()).isFalse();
    assertThat(verdict.uncounted())
        .hasSize(3)
        .allSatisfy(other -> assertThat(other.why()).contains("these bits as net-tools"));
  }

  @Test
  void oneOperatorIsOneVoteHoweverManyKeysItHas() {
    world.rebuilder("alpha-2", "alpha", "DE", "gcc");
    world.rebuilder("alpha-3", "alpha", "DE", "gcc");
    world.says("alpha-1").log();
    world.says("alpha-2").log();
    world.says("alpha-3").log();
    world.assertRefused(Rule.QUORUM);
  }

  @Test
  void aStatementTwiceInTheLogIsOneVote() {
    world.threshold = 2;
    world.says("alpha-1").log();
    world.says("alpha-1").log();
    world.assertRefused(Rule.QUORUM);
    assertThat(world.judge(world.archiveFile).votes()).hasSize(1);
  }

  @Test
  void theHighestSequenceNumberCounts() {
    world.agreed();
    world.says("gamma-1").got(file("net-tools", 9)).inEnvironment(2).asNumber(2).log();
    world.assertRefused(Rule.QUORUM);
    world.says("gamma-1").asNumber(3).log();
    world.assertAccepted();
  }

  @Test
  void anOlderNumberThatComesLaterDoesNotReplaceANewerOne() {
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.says("gamma-1").got(file("net-tools", 9)).inEnvironment(2).asNumber(5).log();
    world.says("gamma-1").asNumber(4).log();
    world.assertRefused(Rule.QUORUM);
  }

  @Test
  void twoStatementsWithOneNumberSetTheKeyAside() {
    world.agreed();
    world.says("gamma-1").fromSource(2).log();
    world.assertRefused(Rule.QUORUM, Rule.EQUIVOCATION);
    assertThat(world.judge(world.archiveFile).refusal()).contains(Reason.Kind.MISBEHAVIOUR);
    assertThat(world.judge(world.archiveFile).uncounted())
        .hasSize(2)
        .allSatisfy(other -> assertThat(other.why()).contains("two different statements"));
  }

  @Test
  void anEquivocatorWhoseVoteIsNotNeededRefusesNothing() {
    world.threshold = 2;
    world.agreed();
    world.says("gamma-1").fromSource(2).log();
    world.assertAccepted();
  }

  @Test
  void anEquivocationNamesBothStatements() {
    world.agreed();
    world.says("gamma-1").fromSource(2).log();
    assertThat(world.evidence().equivocations())
        .singleElement()
        .hasToString(
            "gamma-1 signed two different statements with sequence number 1"
                + " (entry 2 of log.example.org, entry 3 of log.example.org)");
  }

  @Test
  void aClaimThatThePolicyDoesNotAllowCountsNothing() {
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.says("gamma-1").withRoot("pcc").log();
    world.assertRefused(Rule.QUORUM);
    world.says("gamma-1").onCpu("Intel").asNumber(2).log();
    world.assertRefused(Rule.QUORUM);
    world.says("gamma-1").withTool("rebuilderd").asNumber(3).log();
    world.assertRefused(Rule.QUORUM);
    world.says("gamma-1").asNumber(4).log();
    world.assertAccepted();
  }

  @Test
  void distinctIsCountedOnTheVotesForThisHash() {
    world.agreed().distinct.put(Dimension.COMPILER_ROOT, 2);
    world.assertAccepted();
    world.distinct.put(Dimension.COMPILER_ROOT, 3);
    world.assertRefused(Rule.DISTINCT);
    world.distinct.put(Dimension.COMPILER_ROOT, 2);
    world.distinct.put(Dimension.CPU_VENDOR, 2);
    world.assertRefused(Rule.DISTINCT);
  }

  @Test
  void oneOperatorCannotBeDiverseAlone() {
    world.threshold = 1;
    world.distinct.put(Dimension.COMPILER_ROOT, 2);
    world.rebuilder("alpha-2", "alpha", "DE", "clang");
    world.says("alpha-1").log();
    world.says("alpha-2").log();
    world.assertRefused(Rule.DISTINCT);
    world.says("beta-1").log();
    world.assertAccepted();
  }

  @Test
  void otherBitsInTheSameEnvironmentAreAVetoWhateverTheQuorum() {
    world.threshold = 2;
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.assertAccepted();
    world.says("gamma-1").got(file("net-tools", 9)).log();
    world.assertRefused(Rule.VETO);
  }

  @Test
  void otherBitsOfAPackageThatWasBuiltWithoutItsSiblingsAreNoMismatch() {
    world.threshold = 2;
    world.says("alpha-1").ofBinaries(Binaries.ANY).log();
    world.says("beta-1").ofBinaries(Binaries.ANY).log();
    world.says("gamma-1").got(file("net-tools", 9)).log();
    world.assertAccepted();
    // Without them as well, in one environment.
    world.says("gamma-1").got(file("net-tools", 9)).ofBinaries(Binaries.ANY).asNumber(2).log();
    world.assertRefused(Rule.VETO);
  }

  @Test
  void otherBitsInAnotherEnvironmentAreInconclusive() {
    world.threshold = 2;
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.says("gamma-1").got(file("net-tools", 9)).inEnvironment(2).log();
    world.assertAccepted();
  }

  @Test
  void aVetoNeedsAsManyOperatorsAsThePolicySays() {
    world.threshold = 2;
    world.veto = 2;
    world.rebuilder("delta-1", "delta", "NL", "gcc");
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.says("gamma-1").got(file("net-tools", 9)).log();
    world.assertAccepted();
    world.says("delta-1").got(file("net-tools", 9)).log();
    world.assertRefused(Rule.VETO);
  }

  @Test
  void theAttestedSizeMustBeTheFiles() {
    world.agreed();
    BinaryArtifact longer =
        new BinaryArtifact(world.archiveFile.identity(), world.archiveFile.digest(), 1001);
    assertThat(world.judge(longer).accepted()).isFalse();
  }

  @Test
  void anEmulatedBuildCountsNothing() {
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.says("gamma-1").emulated().log();
    world.assertRefused(Rule.QUORUM);
  }

  @Test
  void ofSeveralLogsEachMustBeFresh() {
    world.agreed().standings.put("other.example.org", followed(NOW.minus(Duration.ofHours(2))));
    world.assertAccepted();
    world.standings.put("other.example.org", followed(NOW.minus(Duration.ofDays(8))));
    world.assertRefused(Rule.LOG_STALE);
    world.standings.put("other.example.org", new Standing.Absent("never"));
    world.assertRefused(Rule.LOG_MISSING);
  }

  @Test
  void aStatementInTwoLogsIsOneVoteAndAMismatchInEitherIsAVeto() {
    world.standings.put("other.example.org", followed(NOW));
    world.threshold = 2;
    world.says("alpha-1").log();
    world.says("alpha-1").inLog("other.example.org").log();
    world.assertRefused(Rule.QUORUM);
    world.says("beta-1").inLog("other.example.org").log();
    world.assertAccepted();
    world.says("gamma-1").got(file("net-tools", 9)).inLog("other.example.org").log();
    world.assertRefused(Rule.VETO);
  }

  @Test
  void anExpiredPolicyRefusesEverything() {
    world.agreed().expires = NOW;
    world.assertRefused(Rule.POLICY_EXPIRED);
  }

  @Test
  void aLogThatWasNeverFollowedIsMissingEvidence() {
    world.agreed().standings.put(World.LOG, new Standing.Absent("no network"));
    world.assertRefused(Rule.LOG_MISSING);
    assertThat(world.judge(world.archiveFile).refusal()).contains(Reason.Kind.EVIDENCE);
  }

  @Test
  void aStaleLogRefusesEverything() {
    world.agreed();
    world.standings.put(World.LOG, followed(NOW.minus(Duration.ofDays(7))));
    world.assertRefused(Rule.LOG_STALE);
    world.standings.put(World.LOG, followed(NOW.minus(Duration.ofDays(7)).plusSeconds(1)));
    world.assertAccepted();
  }

  @Test
  void aLogWithoutEnoughCosignaturesIsStale() {
    world.agreed().standings.put(World.LOG, new Standing.Followed(9, Optional.empty(), "none"));
    world.assertRefused(Rule.LOG_STALE);
  }

  @Test
  void aLogThatMisbehavedRefusesEverythingAndShowsTheProof() {
    world
        .agreed()
        .standings
        .put(World.LOG, new Standing.Misbehaved("signed two histories", "kept: … found: …"));
    world.assertRefused(Rule.LOG_MISBEHAVED);
    assertThat(world.judge(world.archiveFile).reasons().get(0).what()).contains("kept: …");
    assertThat(world.judge(world.archiveFile).refusal()).contains(Reason.Kind.MISBEHAVIOUR);
  }

  @Test
  void anAcceptanceEndsWithFreshnessOrThePolicy() {
    world.agreed();
    assertThat(world.judge(world.archiveFile).until())
        .isEqualTo(NOW.minus(Duration.ofHours(1)).plus(Duration.ofDays(7)));
    world.expires = NOW.plusSeconds(5);
    assertThat(world.judge(world.archiveFile).until()).isEqualTo(NOW.plusSeconds(5));
  }

  @Test
  void orderAndDuplicatesNeverMatter() {
    world.agreed();
    world.says("alpha-1").got(file("net-tools", 9)).inEnvironment(2).asNumber(2).log();
    world.says("alpha-1").asNumber(3).log();
    world.logged.addAll(List.copyOf(world.logged));
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      Collections.shuffle(world.logged, random);
      world.assertAccepted();
    }
  }

  @Test
  void aFurtherVoteNeverTurnsAcceptedIntoRefusedNorOneLessRefusedIntoAccepted() {
    world.distinct.put(Dimension.JURISDICTION, 2);
    world.rebuilder("alpha-2", "alpha", "DE", "clang");
    world.rebuilder("delta-1", "delta", "DE", "gcc");
    for (var rebuilder : world.rebuilders) {
      world.says(rebuilder.name()).log();
    }
    List<LoggedRebuild> all = List.copyOf(world.logged);
    for (int subset = 0; subset < 1 << all.size(); subset++) {
      boolean accepted = accepted(all, subset);
      for (int more = 0; more < all.size(); more++) {
        if (accepted) {
          assertThat(accepted(all, subset | 1 << more)).isTrue();
        }
      }
    }
  }

  private boolean accepted(List<LoggedRebuild> all, int subset) {
    List<LoggedRebuild> some = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if ((subset >> i & 1) == 1) {
        some.add(all.get(i));
      }
    }
    world.logged.clear();
    world.logged.addAll(some);
    return world.judge(world.archiveFile).accepted();
  }
}
