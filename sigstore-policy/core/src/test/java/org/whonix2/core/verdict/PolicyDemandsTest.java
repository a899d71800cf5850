package org.whonix2.core.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.core.verdict.World.NOW;
import static org.whonix2.core.verdict.World.file;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.Keyring;
import org.whonix2.core.policy.Demands;
import org.whonix2.core.policy.Dimension;
import org.whonix2.core.policy.HashExemption;
import org.whonix2.core.policy.PackagePattern;
import org.whonix2.core.policy.PolicyRule;
import org.whonix2.core.policy.Quorum;
import org.whonix2.core.policy.SourceSigners;
import org.whonix2.core.quorum.Group;
import org.whonix2.core.statement.Exemption;
import org.whonix2.core.statement.Platform;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.Toolchain;
import org.whonix2.core.statement.VetoOverride;
import org.whonix2.core.ticket.BoundPolicy;
import org.whonix2.core.ticket.Issuance;
import org.whonix2.core.ticket.Ticket;
import org.whonix2.core.verdict.Reason.Rule;

/**
 * What a policy can ask for beyond its quorum, and what it can waive: the verdict's other rules.
 */
class PolicyDemandsTest {
  private final World world = new World();

  // --- rules -----------------------------------------------------------------------------------

  private PolicyRule rule(
      String packages, Set<String> suites, Optional<String> toolchain, int threshold) {
    Quorum quorum = new Quorum(Group.of(threshold, world.operators()), Map.of());
    return new PolicyRule(
        world.rules.size() + 1,
        List.of(new PackagePattern(packages)),
        suites,
        toolchain,
        new Demands(quorum, 1, Duration.ZERO),
        Optional.empty());
  }

  @Test
  void theFirstRuleThatMatchesReplacesThePolicysDemands() {
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.assertRefused(Rule.QUORUM);
    world.rules.add(rule("other-*", Set.of(), Optional.empty(), 1));
    world.assertRefused(Rule.QUORUM);
    world.rules.add(rule("net-*", Set.of(), Optional.empty(), 2));
    world.assertAccepted();
    assertThat(world.judge(world.archiveFile).terms().rule()).contains(2);
    world.rules.add(rule("*", Set.of(), Optional.empty(), 3));
    world.assertAccepted();
    world.rules.add(0, rule("*", Set.of(), Optional.empty(), 3));
    world.assertRefused(Rule.QUORUM);
  }

  @Test
  void aRelaxationEndsAndBoundsTheAcceptance() {
    world.says("alpha-1").log();
    world.says("beta-1").log();
    PolicyRule rule = rule("*", Set.of(), Optional.empty(), 2);
    Instant end = NOW.plusSeconds(60);
    world.rules.add(
        new PolicyRule(
            1,
            rule.packages(),
            rule.suites(),
            rule.toolchain(),
            rule.demands(),
            Optional.of(new PolicyRule.Relaxation(end, "a test"))));
    world.assertAccepted();
    assertThat(world.judge(world.archiveFile).until()).isEqualTo(end);
    assertThat(world.judge(world.archiveFile, end).accepted()).isFalse();
  }

  @Test
  void theEndOfARelaxationTakesNothingAwayButItself() {
    world.threshold = 2;
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.assertAccepted();
    Quorum odd = new Quorum(Group.of(1, world.operators()), Map.of(Dimension.JURISDICTION, 3));
    world.rules.add(
        new PolicyRule(
            1,
            List.of(new PackagePattern("*")),
            Set.of(),
            Optional.empty(),
            new Demands(odd, 1, Duration.ZERO),
            Optional.of(new PolicyRule.Relaxation(NOW.plusSeconds(60), "a test"))));
    world.assertAccepted();
    assertThat(world.judge(world.archiveFile).terms().rule()).isEmpty();
  }

  @Test
  void theSuiteIsWhatTheVotesSayAndVotesFromOthersDoNotCountWithThem() {
    world.rules.add(rule("*", Set.of("bookworm-security"), Optional.empty(), 2));
    world.says("alpha-1").fromSuite("bookworm-security").log();
    world.says("beta-1").log();
    world.assertRefused(Rule.QUORUM);
    world.says("beta-1").fromSuite("bookworm-security").asNumber(2).log();
    world.assertAccepted();
  }

  @Test
  void aVoteOfAnotherHashClassIsNoVoteForThisOne() {
    world.threshold = 2;
    world.says("alpha-1").log();
    world.says("beta-1").by("clang-14").log();
    world.assertRefused(Rule.QUORUM);
    assertThat(world.judge(world.archiveFile).uncounted())
        .singleElement()
        .satisfies(other -> assertThat(other.why()).contains("does not count together"));
    world.says("gamma-1").log();
    world.assertAccepted();
  }

  @Test
  void aRuleForAHashClassAppliesToItsVotesOnly() {
    world.rules.add(rule("*", Set.of(), Optional.of("tcc-ddc"), 2));
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.assertRefused(Rule.QUORUM);
    world.says("alpha-1").by("tcc-ddc").asNumber(2).log();
    world.says("beta-1").by("tcc-ddc").asNumber(2).log();
    world.assertAccepted();
  }

  @Test
  void nestedGroupsAreMetGroupByGroup() {
    world.rebuilder("delta-1", "delta", "NL", "gcc");
    Group group =
        new Group.Threshold(
            2,
            List.of(Group.of(1, List.of("alpha", "beta")), Group.of(2, List.of("gamma", "delta"))));
    world.rules.add(
        new PolicyRule(
            1,
            List.of(new PackagePattern("*")),
            Set.of(),
            Optional.empty(),
            new Demands(new Quorum(group, Map.of()), 1, Duration.ZERO),
            Optional.empty()));
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.says("gamma-1").log();
    world.assertRefused(Rule.QUORUM);
    Reason reason = world.judge(world.archiveFile).reasons().get(0);
    // As many as could be enough, and not those: what is asked for is told.
    assertThat(reason.what())
        .isEqualTo(
            "3 operators vote for this SHA-256: alpha, beta, gamma; the policy asks for " + group);
    assertThat(reason.remedy()).contains("delta");
    world.says("delta-1").log();
    world.assertAccepted();
  }

  @Test
  void anOperatorWhomTheQuorumDoesNotAskMakesNobodyDiverse() {
    Quorum quorum =
        new Quorum(Group.of(1, List.of("alpha", "beta")), Map.of(Dimension.COMPILER_ROOT, 2));
    world.rules.add(
        new PolicyRule(
            1,
            List.of(new PackagePattern("*")),
            Set.of(),
            Optional.empty(),
            new Demands(quorum, 1, Duration.ZERO),
            Optional.empty()));
    world.says("alpha-1").log();
    world.says("gamma-1").log();
    world.assertRefused(Rule.DISTINCT);
  }

  // --- source ----------------------------------------------------------------------------------

  private Fingerprint uploader(String name) throws Exception {
    Fingerprint key = world.reviewers(name, "nobody").get(0);
    byte[] certificate = world.reviewers.people().get(0).certificate().toBytes();
    world.source =
        Optional.of(new SourceSigners(Keyring.parse(certificate), Sha256.of(certificate)));
    return key;
  }

  @Test
  void aSourceByNobodyOfTheKeyringGivesNoVote() throws Exception {
    Fingerprint known = uploader("uploader");
    Fingerprint thief = world.rebuilders.get(0).certificate().fingerprint();
    world.agreed();
    world.assertRefused(Rule.QUORUM);
    assertThat(world.judge(world.archiveFile).uncounted())
        .hasSize(3)
        .allSatisfy(other -> assertThat(other.why()).contains("does not say who signed"));
    int number = 2;
    for (Fingerprint signer : List.of(thief, known)) {
      for (var rebuilder : world.rebuilders) {
        World.Said said = world.says(rebuilder.name()).ofSourceSignedBy(signer).asNumber(number);
        // Whoever signed a tag is as good as who signed a .dsc.
        (rebuilder.name().equals("gamma-1") ? said.fromGit() : said).log();
      }
      number++;
      if (signer.equals(thief)) {
        world.assertRefused(Rule.QUORUM);
      } else {
        world.assertAccepted();
      }
    }
  }

  @Test
  void theQuorumMustHaveStoodThereLongEnough() {
    world.minAge = Duration.ofHours(24);
    Instant ripeInASecond = NOW.minus(Duration.ofHours(24)).plusSeconds(1);
    world.says("alpha-1").loggedBy(NOW.minus(Duration.ofDays(9))).log();
    world.says("beta-1").loggedBy(ripeInASecond.minusSeconds(5)).log();
    world.says("gamma-1").loggedBy(ripeInASecond).log();
    world.assertRefused(Rule.MIN_AGE);
    assertThat(world.judge(world.archiveFile).reasons().get(0).remedy())
        .isEqualTo("wait until " + NOW.plusSeconds(1));
    assertThat(world.judge(world.archiveFile, NOW.plusSeconds(1)).accepted()).isTrue();
  }

  @Test
  void anEarlyAccompliceRipensNothing() {
    world.threshold = 2;
    world.minAge = Duration.ofHours(24);
    world.says("alpha-1").loggedBy(NOW.minus(Duration.ofDays(9))).log();
    world.says("beta-1").log();
    world.assertRefused(Rule.MIN_AGE);
  }

  @Test
  void whoIsNotAskedRipensNothing() {
    Quorum quorum = new Quorum(Group.of(2, List.of("alpha", "beta")), Map.of());
    world.rules.add(
        new PolicyRule(
            1,
            List.of(new PackagePattern("*")),
            Set.of(),
            Optional.empty(),
            new Demands(quorum, 1, Duration.ofHours(24)),
            Optional.empty()));
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.says("gamma-1").loggedBy(NOW.minus(Duration.ofDays(9))).log();
    world.assertRefused(Rule.MIN_AGE);
  }

  @Test
  void whoSaysTheSameAgainHasSaidItSinceTheFirstTime() {
    world.minAge = Duration.ofHours(24);
    for (String name : List.of("alpha-1", "beta-1", "gamma-1")) {
      world.says(name).loggedBy(NOW.minus(Duration.ofHours(25))).log();
    }
    world.assertAccepted();
    world.says("alpha-1").and(file("net-tools-dbgsym", 3)).asNumber(2).log();
    world.assertAccepted();
    world.says("alpha-1").got(file("net-tools", 9)).inEnvironment(2).asNumber(3).log();
    world.assertRefused(Rule.QUORUM);
  }

  // --- exemptions and overrides ----------------------------------------------------------------

  private HashExemption exemption(String reason, Instant until) {
    return new HashExemption(
        world.archiveFile.digest(), world.archiveFile.identity(), reason, until);
  }

  @Test
  void anExemptedFileThatNobodyAttestedGetsATicket() throws Exception {
    List<Fingerprint> people = world.reviewers("r1", "r2");
    assertThat(tickets()).isEmpty();
    world.exemptions.add(exemption("a reason", NOW.plusSeconds(60)));
    assertThat(tickets())
        .containsExactly(
            new Ticket(
                world.archiveFile.digest(), world.archiveFile.identity(), NOW.plusSeconds(60)));
    exempt(people.get(0), file("hostname", 7), 30);
    assertThat(tickets())
        .extracting(Ticket::digest)
        .contains(world.archiveFile.digest(), file("hostname", 7).digest());
  }

  private Collection<Ticket> tickets() throws Exception {
    BoundPolicy bound = BoundPolicy.of(new byte[0], "/policy.yaml");
    return Issuance.of(world.policy(), bound, world.evidence(), NOW).tickets().all();
  }

  @Test
  void theOwnersExemptionReplacesTheQuorumUntilItEnds() {
    world.assertRefused(Rule.QUORUM);
    Instant end = NOW.plusSeconds(60);
    world.exemptions.add(exemption("not reproducible", end));
    world.assertAccepted();
    assertThat(world.judge(world.archiveFile).until()).isEqualTo(end);
    assertThat(world.judge(world.archiveFile, end).accepted()).isFalse();
    assertThat(world.judge(file("net-tools", 9)).accepted()).isFalse();
  }

  @Test
  void anExemptionDoesNotReplaceAVeto() {
    world.says("alpha-1").log();
    world.says("gamma-1").got(file("net-tools", 9)).log();
    world.exemptions.add(exemption("trust me", NOW.plusSeconds(60)));
    world.assertRefused(Rule.VETO);
  }

  @Test
  void enoughReviewersExemptAndTheAcceptanceEndsWithTheLastOfThem() {
    List<Fingerprint> people = world.reviewers("r1", "r2", "r3");
    BinaryArtifact file = world.archiveFile;
    exempt(people.get(0), file, 90);
    exempt(people.get(0), file, 99);
    world.assertRefused(Rule.QUORUM);
    exempt(people.get(1), file, 60);
    world.assertAccepted();
    assertThat(world.judge(world.archiveFile).until()).isEqualTo(NOW.plusSeconds(60));
    exempt(people.get(2), file, 70);
    assertThat(world.judge(world.archiveFile).until()).isEqualTo(NOW.plusSeconds(70));
    assertThat(world.judge(world.archiveFile, NOW.plusSeconds(70)).accepted()).isFalse();
  }

  private void exempt(Fingerprint reviewer, BinaryArtifact file, int seconds) {
    world.others.add(
        collector ->
            collector.add(
                reviewer,
                new Exemption(file.digest(), file.identity(), "seen", NOW.plusSeconds(seconds))));
  }

  @Test
  void reviewersOverrideOneVetoForOneFile() {
    List<Fingerprint> people = world.reviewers("r1", "r2");
    world.threshold = 2;
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.says("gamma-1").got(file("net-tools", 9)).log();
    world.assertRefused(Rule.VETO);
    override(people.get(0), file("hostname", 3), "gamma-1", 9);
    override(people.get(0), world.archiveFile, "alpha-1", 9);
    override(people.get(0), world.archiveFile, "gamma-1", 8);
    world.assertRefused(Rule.VETO);
    override(people.get(0), world.archiveFile, "gamma-1", 9);
    world.assertAccepted();
    assertThat(world.judge(world.archiveFile).until()).isEqualTo(NOW.plusSeconds(60));
    assertThat(world.judge(world.archiveFile, NOW.plusSeconds(60)).accepted()).isFalse();
    world.says("gamma-1").got(file("net-tools", 9)).asNumber(2).log();
    world.assertAccepted();
    world.rebuilder("delta-1", "delta", "NL", "gcc");
    world.says("delta-1").got(file("net-tools", 9)).log();
    world.assertRefused(Rule.VETO);
  }

  /** For these bits, which the rebuilder got instead of the file. */
  private void override(Fingerprint reviewer, BinaryArtifact vetoed, String rebuilder, int bits) {
    VetoOverride override =
        new VetoOverride(
            vetoed.digest(),
            world.named(rebuilder).certificate().fingerprint(),
            file("net-tools", bits).digest(),
            "seen",
            NOW.plusSeconds(60));
    world.others.add(collector -> collector.add(reviewer, override));
  }

  @Test
  void oneSetAsideStillVetoes() {
    world.threshold = 2;
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.says("gamma-1").got(file("net-tools", 9)).log();
    world.assertRefused(Rule.VETO);
    world.says("gamma-1").fromSource(2).log();
    world.assertRefused(Rule.VETO, Rule.EQUIVOCATION);
    world.says("gamma-1").got(file("net-tools", 8)).log();
    world.assertRefused(Rule.VETO, Rule.EQUIVOCATION);
    assertThat(world.evidence().equivocations()).hasSize(1);
  }

  @Test
  void aVoteInOneHashClassMakesNoVetoInAnother() {
    world.threshold = 2;
    world.veto = 2;
    world.rebuilder("delta-1", "delta", "NL", "gcc");
    world.rebuilder("epsilon-1", "epsilon", "NO", "gcc");
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.says("gamma-1").by("clang-14").got(file("net-tools", 9)).log();
    world.says("delta-1").by("clang-14").got(file("net-tools", 9)).log();
    world.assertAccepted();
    world.says("epsilon-1").by("clang-14").log();
    world.assertAccepted();
  }

  @Test
  void aVoteDoesNotChooseALaxVetoForAnExemptedFile() {
    world.exemptions.add(exemption("trust me", NOW.plusSeconds(60)));
    world.says("alpha-1").log();
    world.says("gamma-1").got(file("net-tools", 9)).log();
    world.assertRefused(Rule.VETO);
    Demands lax =
        new Demands(new Quorum(Group.of(3, world.operators()), Map.of()), 3, Duration.ZERO);
    world.rules.add(
        new PolicyRule(
            1,
            List.of(new PackagePattern("*")),
            Set.of("bookworm-security"),
            Optional.empty(),
            lax,
            Optional.empty()));
    world.says("beta-1").fromSuite("bookworm-security").log();
    world.assertRefused(Rule.VETO);
  }

  @Test
  void anotherSizeIsNoWayAroundAVetoOnAnExemptedFile() throws Exception {
    world.exemptions.add(exemption("trust me", NOW.plusSeconds(60)));
    BinaryArtifact file = world.archiveFile;
    world.says("alpha-1").log();
    world.says("gamma-1").got(file("net-tools", 9)).log();
    assertThat(tickets()).isEmpty();
    BinaryArtifact longer = new BinaryArtifact(file.identity(), file.digest(), 7);
    world.says("beta-1").got(longer).inEnvironment(77).log();
    assertThat(tickets()).isEmpty();
  }

  @Test
  void aVoteWithoutAnUploaderIsContradictedAllTheSame() throws Exception {
    world.exemptions.add(exemption("trust me", NOW.plusSeconds(60)));
    uploader("uploader");
    world.says("alpha-1").log();
    world.assertAccepted();
    world.says("gamma-1").got(file("net-tools", 9)).log();
    world.assertRefused(Rule.VETO);
  }

  @Test
  void anEquivocationDoesNotTakeTheVetoOnAnExemptedFileAway() {
    world.exemptions.add(exemption("trust me", NOW.plusSeconds(60)));
    world.says("alpha-1").log();
    world.says("gamma-1").got(file("net-tools", 9)).log();
    world.assertRefused(Rule.VETO);
    world.says("alpha-1").fromSource(2).log();
    world.assertRefused(Rule.VETO, Rule.EQUIVOCATION);
  }

  @Test
  void aRelaxedRuleForOtherPackagesTakesNoTicketAway() throws Exception {
    world.agreed();
    assertThat(tickets()).hasSize(1);
    Demands one =
        new Demands(new Quorum(Group.of(1, world.operators()), Map.of()), 3, Duration.ZERO);
    world.rules.add(
        new PolicyRule(
            1,
            List.of(new PackagePattern("hello-*")),
            Set.of(),
            Optional.empty(),
            one,
            Optional.of(new PolicyRule.Relaxation(NOW.plusSeconds(60), "a test"))));
    BinaryArtifact renamed =
        new BinaryArtifact(
            file("hello-world", 1).identity(),
            world.archiveFile.digest(),
            world.archiveFile.size());
    world.says("gamma-1").got(renamed).fromSource(3).asNumber(2).log();
    assertThat(tickets())
        .extracting(Ticket::identity)
        .containsExactly(world.archiveFile.identity());
  }

  @Test
  void anOverrideThatAnotherBallotNeedsEndsNothing() {
    List<Fingerprint> people = world.reviewers("r1", "r2");
    world.agreed();
    world.rebuilder("delta-1", "delta", "NL", "gcc");
    world.rebuilder("epsilon-1", "epsilon", "NO", "gcc");
    Instant end = world.judge(world.archiveFile).until();
    world.says("delta-1").by("clang-14").got(file("net-tools", 9)).log();
    override(people.get(0), world.archiveFile, "delta-1", 9);
    world.says("epsilon-1").by("clang-14").log();
    world.assertAccepted();
    assertThat(world.judge(world.archiveFile).until()).isEqualTo(end);
  }

  @Test
  void nobodyTakesTheTicketOfAnExemptedFileAway() throws Exception {
    world.exemptions.add(exemption("trust me", NOW.plusSeconds(60)));
    BinaryArtifact file = world.archiveFile;
    world.says("alpha-1").log();
    assertThat(tickets()).hasSize(1);
    BinaryArtifact longer = new BinaryArtifact(file.identity(), file.digest(), 7);
    world.says("beta-1").got(longer).log();
    assertThat(tickets()).hasSize(1);
    BinaryArtifact renamed =
        new BinaryArtifact(file("evil", 1).identity(), file.digest(), file.size());
    world.says("gamma-1").got(renamed).log();
    assertThat(tickets()).extracting(Ticket::identity).containsExactly(file.identity());
  }

  @Test
  void aVetoWhoseEvidenceNobodyServesDoesNotCount() {
    world.threshold = 2;
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.says("gamma-1").got(file("net-tools", 9)).log();
    world.assertRefused(Rule.VETO);
    Fingerprint veto = world.named("gamma-1").certificate().fingerprint();
    Instant end = NOW.plusSeconds(60);
    world.others.add(collector -> collector.lacksSupport(veto, world.archiveFile.digest(), end));
    world.assertAccepted();
    assertThat(world.judge(world.archiveFile).until()).isEqualTo(end);
    assertThat(world.judge(world.archiveFile, end).reasons())
        .extracting(Reason::rule)
        .containsExactly(Rule.VETO);
  }

  @Test
  void whatAVetoLacksIsKnownOfOneFileOnly() {
    world.threshold = 2;
    world.says("alpha-1").log();
    world.says("beta-1").log();
    world.says("gamma-1").got(file("net-tools", 9)).log();
    Fingerprint veto = world.named("gamma-1").certificate().fingerprint();
    Sha256 other = file("net-tools", 8).digest();
    world.others.add(collector -> collector.lacksSupport(veto, other, NOW.plusSeconds(60)));
    world.assertRefused(Rule.VETO);
  }

  @Test
  void aFileIsHeldOnlyWhereNothingButVetoesRefusesIt() {
    world.threshold = 2;
    world.says("alpha-1").log();
    world.says("gamma-1").got(file("net-tools", 9)).log();
    world.assertRefused(Rule.QUORUM, Rule.VETO);
    assertThat(Held.by(world.judge(world.archiveFile))).isEmpty();
    world.says("beta-1").log();
    assertThat(Held.by(world.judge(world.archiveFile)).orElseThrow().vetoes())
        .containsExactly(
            new Veto(world.logged.get(1), world.archiveFile, file("net-tools", 9).digest()));
    world.veto = 2;
    world.assertAccepted();
    assertThat(Held.by(world.judge(world.archiveFile))).isEmpty();
  }

  @Test
  void whoSaysManyThingsUnderOneNumberIsLookedAtAFewTimes() {
    world.threshold = 2;
    world.says("alpha-1").log();
    world.says("beta-1").log();
    for (int bits = 0; bits < 100; bits++) {
      world.says("gamma-1").got(file("net-tools", 100 + bits)).log();
    }
    world.assertRefused(Rule.VETO);
    assertThat(world.judge(world.archiveFile).vetoes())
        .hasSize(Vetoes.MOST_BY_ONE)
        .extracting(veto -> veto.statement().index())
        .startsWith(2L, 3L, 4L);
    Fingerprint gamma = world.named("gamma-1").certificate().fingerprint();
    world.others.add(
        collector ->
            collector.lacksSupport(gamma, world.archiveFile.digest(), NOW.plusSeconds(60)));
    world.assertAccepted();
  }

  // --- failures --------------------------------------------------------------------------------

  @Test
  void aNewerFailureTakesAVoteBackAndIsNoVeto() {
    world.agreed();
    world.says("gamma-1").failed().asNumber(2).log();
    world.assertRefused(Rule.QUORUM);
    assertThat(world.judge(world.archiveFile).uncounted())
        .singleElement()
        .satisfies(other -> assertThat(other.why()).isEqualTo("its rebuild failed: build-failed"));
    world.threshold = 2;
    world.assertAccepted();
  }

  // --- silence, policies, clocks ---------------------------------------------------------------

  private void snapshot(String rebuilder, int epoch, Instant made, Instant loggedBy) {
    SnapshotHeader header =
        new SnapshotHeader(
            world.named(rebuilder).certificate().fingerprint(),
            "bookworm",
            new Architecture("amd64"),
            new Toolchain("gcc-12", Sha256.of(new byte[] {3})),
            "gcc",
            new Platform("amd64", false, "AMD", "cpu", "linux", "6.1", "Debian 12"),
            "whonix2-rebuilder",
            epoch,
            epoch == 1 ? Optional.empty() : Optional.of(Sha256.of(new byte[] {9})),
            Sha256.of(new byte[] {1}),
            0,
            Sha256.of(new byte[] {2}),
            made);
    world.others.add(
        collector ->
            collector.add(rebuilder, header, Sha256.of(header.toJson()), "somewhere", loggedBy));
  }

  @Test
  void tooManySilentRebuildersRefuseEverything() {
    world.agreed().silent = OptionalInt.of(1);
    Instant lately = NOW.minus(Duration.ofDays(6));
    snapshot("alpha-1", 1, lately, NOW);
    snapshot("beta-1", 1, NOW.minus(Duration.ofDays(7)), NOW);
    world.assertRefused(Rule.SILENT);
    assertThat(world.judge(world.archiveFile).refusal()).contains(Reason.Kind.EVIDENCE);
    assertThat(world.judge(world.archiveFile).reasons().get(0).what())
        .contains("2 rebuilders")
        .contains("gamma-1, beta-1");
    snapshot("beta-1", 2, NOW, lately.plusSeconds(5));
    assertThat(world.judge(world.archiveFile).reasons()).isEmpty();
    assertThat(world.judge(world.archiveFile).until()).isEqualTo(lately.plus(Duration.ofDays(7)));
    world.silent = OptionalInt.empty();
    world.assertAccepted();
  }

  @Test
  void anOldEpochWithANewDateIsNotHeard() {
    world.agreed().silent = OptionalInt.of(2);
    snapshot("alpha-1", 2, NOW.minus(Duration.ofDays(8)), NOW);
    world.assertRefused(Rule.SILENT);
    snapshot("alpha-1", 1, NOW, NOW);
    world.assertRefused(Rule.SILENT);
    snapshot("alpha-1", 3, NOW, NOW);
    world.assertAccepted();
  }

  @Test
  void oneSetAsideIsNotHeard() {
    world.agreed().silent = OptionalInt.of(2);
    snapshot("alpha-1", 1, NOW, NOW);
    world.assertAccepted();
    snapshot("alpha-1", 1, NOW.minusSeconds(1), NOW);
    world.assertRefused(Rule.SILENT, Rule.QUORUM, Rule.EQUIVOCATION);
  }

  @Test
  void twoSnapshotsOfOneEpochSetTheKeyAside() {
    world.agreed();
    world.assertAccepted();
    snapshot("alpha-1", 1, NOW, NOW);
    snapshot("alpha-1", 1, NOW.minusSeconds(1), NOW);
    world.assertRefused(Rule.QUORUM, Rule.EQUIVOCATION);
    assertThat(world.evidence().equivocations())
        .singleElement()
        .satisfies(proof -> assertThat(proof.toString()).contains("with snapshot epoch 1"));
  }

  @Test
  void anOlderPolicyThanTheLastRefusesEverything() {
    world.agreed();
    world.kept = new Kept(2, Instant.EPOCH);
    world.assertRefused(Rule.POLICY_ROLLBACK);
    world.serial = 2;
    world.assertAccepted();
    world.serial = 3;
    world.assertAccepted();
  }

  @Test
  void aClockBehindWhatTheWitnessesSignedIsNotBelieved() {
    world.agreed();
    world.kept = new Kept(0, NOW.plus(Duration.ofMinutes(10)));
    world.assertAccepted();
    world.kept = new Kept(0, NOW.plus(Duration.ofMinutes(10)).plusSeconds(1));
    world.assertRefused(Rule.CLOCK_BEHIND);
  }
}
