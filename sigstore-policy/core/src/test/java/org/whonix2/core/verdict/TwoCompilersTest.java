package org.whonix2.core.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.core.verdict.World.NOW;
import static org.whonix2.core.verdict.World.file;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
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
import org.whonix2.core.statement.VetoOverride;
import org.whonix2.core.ticket.BoundPolicy;
import org.whonix2.core.ticket.Issuance;
import org.whonix2.core.ticket.Ticket;
import org.whonix2.core.verdict.Reason.Rule;

/**
 * Two compilers, one source: two operators must have reproduced the installed file with gcc-12, and
 * two its source with clang-14.
 */
class TwoCompilersTest {
  private static final BinaryArtifact VARIANT = variant("net-tools", "amd64", 40);

  private final World world = new World();
  private long number;

  TwoCompilersTest() {
    world.rebuilders.clear();
    world.rebuilder("alpha-1", "alpha", "DE", "gcc", "clang");
    world.rebuilder("beta-1", "beta", "FR", "gcc", "clang");
    world.rebuilder("gamma-1", "gamma", "IS", "gcc", "clang");
    world.threshold = 2;
    world.also.put("clang-14", quorum(2));
  }

  /** A package as the variant's build makes it: with a version of its own. */
  private static BinaryArtifact variant(String name, String architecture, int bits) {
    return new BinaryArtifact(
        new PackageIdentity(
            new PackageName(name),
            new PackageVersion("2.10-1+cc.clang14"),
            new Architecture(architecture)),
        Sha256.of(new byte[] {(byte) bits}),
        1200);
  }

  private Quorum quorum(int threshold) {
    return new Quorum(Group.of(threshold, world.operators()), Map.of());
  }

  private World.Said gcc(String rebuilder) {
    return world.says(rebuilder).withRoot("gcc").asNumber(++number);
  }

  private World.Said clang(String rebuilder) {
    return world.says(rebuilder).by("clang-14").withRoot("clang").got(VARIANT).asNumber(++number);
  }

  private void bothReproduced() {
    gcc("alpha-1").log();
    gcc("beta-1").log();
    clang("alpha-1").log();
    clang("gamma-1").log();
  }

  private Counterpart also() {
    List<Counterpart> also = world.judge(world.archiveFile).also();
    assertThat(also).hasSize(1);
    return also.get(0);
  }

  private Reason onlyReason() {
    List<Reason> reasons = world.judge(world.archiveFile).reasons();
    assertThat(reasons).hasSize(1);
    return reasons.get(0);
  }

  @Test
  void bothReproducedIsAccepted() {
    bothReproduced();
    world.assertAccepted();
    assertThat(also().toolchain()).isEqualTo("clang-14");
    assertThat(also().artifact()).contains(VARIANT);
    assertThat(also().votes())
        .extracting(vote -> vote.rebuilder().name())
        .containsExactly("alpha-1", "gamma-1");
    assertThat(also().reasons()).isEmpty();
    // What stands for the other class is no word on this file.
    assertThat(world.judge(world.archiveFile).votes()).hasSize(2);
    assertThat(world.judge(world.archiveFile).uncounted()).isEmpty();
  }

  @Test
  void theInstalledFilesOwnClassMustBeEnough() {
    gcc("alpha-1").log();
    clang("alpha-1").log();
    clang("beta-1").log();
    clang("gamma-1").log();
    world.assertRefused(Rule.QUORUM);
    assertThat(also().met()).isTrue();
  }

  @Test
  void theOtherClassMustBeEnough() {
    gcc("alpha-1").log();
    gcc("beta-1").log();
    gcc("gamma-1").log();
    clang("gamma-1").log();
    world.assertRefused(Rule.ALSO);
    assertThat(onlyReason().what())
        .isEqualTo(
            "the policy asks for clang-14 too, and of net-tools 2.10-1+cc.clang14 amd64 with"
                + " SHA-256 "
                + VARIANT.digest()
                + ": 1 of 2 operators vote for this SHA-256: gamma");
    assertThat(onlyReason().remedy())
        .isEqualTo("with clang-14: votes of these would be needed: 1 of alpha, beta");
    assertThat(onlyReason().rule().kind()).isEqualTo(Reason.Kind.REFUSED);
    clang("alpha-1").log();
    world.assertAccepted();
  }

  @Test
  void whereNobodyTriedTheOtherCompilerTheReasonSaysSo() {
    gcc("alpha-1").log();
    gcc("beta-1").log();
    world.assertRefused(Rule.ALSO);
    Sha256 source = world.logged.get(0).rebuild().source().digest();
    assertThat(onlyReason().what())
        .isEqualTo(
            "the policy asks for clang-14 too, and of net-tools amd64: nobody attested it from the"
                + " same source, "
                + source);
    assertThat(onlyReason().remedy()).contains("2 of alpha, beta, gamma");
    clang("gamma-1").failed().log();
    assertThat(also().artifact()).isEmpty();
    assertThat(also().uncounted())
        .singleElement()
        .satisfies(other -> assertThat(other.why()).isEqualTo("its rebuild failed: build-failed"));
  }

  @Test
  void anotherSourceIsNoCounterpart() {
    gcc("alpha-1").log();
    gcc("beta-1").log();
    clang("alpha-1").fromSource(2).log();
    clang("beta-1").fromSource(2).log();
    clang("gamma-1").fromSource(2).log();
    world.assertRefused(Rule.ALSO);
    clang("gamma-1").log();
    world.assertRefused(Rule.ALSO);
    assertThat(also().votes()).hasSize(1);
    clang("beta-1").log();
    world.assertAccepted();
  }

  @Test
  void votesForTheFileFromTwoSourcesDoNotCountTogether() {
    gcc("alpha-1").log();
    gcc("beta-1").fromSource(2).log();
    clang("alpha-1").log();
    clang("gamma-1").log();
    world.assertRefused(Rule.QUORUM);
    assertThat(world.judge(world.archiveFile).uncounted())
        .singleElement()
        .satisfies(
            other ->
                assertThat(other.why())
                    .contains("does not count together")
                    .contains(" from source " + other.statement().rebuild().source().digest()));
    world.also.clear();
    world.assertAccepted();
  }

  @Test
  void theSourceWhoseOtherClassDoesIsTheOneThatCounts() {
    for (int source = 1; source <= 2; source++) {
      gcc("alpha-1").fromSource(source).log();
      gcc("beta-1").fromSource(source).log();
    }
    world.assertRefused(Rule.ALSO);
    clang("alpha-1").fromSource(2).log();
    clang("gamma-1").fromSource(2).log();
    world.assertAccepted();
  }

  @Test
  void anotherPackageOrArchitectureIsNoCounterpart() {
    gcc("alpha-1").log();
    gcc("beta-1").log();
    for (String who : List.of("alpha-1", "beta-1")) {
      clang(who)
          .got(variant("net-tools-doc", "amd64", 41))
          .and(variant("net-tools", "arm64", 42))
          .log();
    }
    world.assertRefused(Rule.ALSO);
    assertThat(also().artifact()).isEmpty();
  }

  @Test
  void theSameVersionDoesAsWell() {
    gcc("alpha-1").log();
    gcc("beta-1").log();
    clang("alpha-1").got(file("net-tools", 50)).log();
    clang("beta-1").got(file("net-tools", 50)).log();
    world.assertAccepted();
  }

  @Test
  void twoBitsOfOneVoteEachAreNoQuorum() {
    gcc("alpha-1").log();
    gcc("beta-1").log();
    clang("alpha-1").log();
    clang("beta-1").inEnvironment(2).got(variant("net-tools", "amd64", 41)).log();
    world.assertRefused(Rule.ALSO);
    assertThat(also().uncounted())
        .singleElement()
        .satisfies(other -> assertThat(other.why()).contains("inconclusive"));
    clang("gamma-1").inEnvironment(2).got(variant("net-tools", "amd64", 41)).log();
    world.assertAccepted();
    assertThat(also().artifact()).contains(variant("net-tools", "amd64", 41));
  }

  /** Other bits of the variant, in an environment of their own. */
  private World.Said clangElsewhere(String rebuilder) {
    return clang(rebuilder).inEnvironment(2).got(variant("net-tools", "amd64", 41));
  }

  private void moreOperators() {
    world.rebuilder("delta-1", "delta", "NL", "gcc", "clang");
    world.rebuilder("epsilon-1", "epsilon", "NO", "gcc", "clang");
    world.rebuilder("zeta-1", "zeta", "SE", "gcc", "clang");
    world.also.put("clang-14", quorum(2));
    gcc("alpha-1").log();
    gcc("beta-1").log();
  }

  @Test
  void ofSeveralBitsAnyThatDoSuffice() {
    moreOperators();
    clang("alpha-1").log();
    clang("beta-1").log();
    clang("gamma-1").log();
    clang("delta-1").got(variant("net-tools", "amd64", 42)).log();
    world.assertRefused(Rule.ALSO);
    clangElsewhere("epsilon-1").log();
    clangElsewhere("zeta-1").log();
    world.assertAccepted();
    assertThat(also().artifact()).contains(variant("net-tools", "amd64", 41));
  }

  @Test
  void whereNoneDoesThatOfMostVotesIsTold() {
    moreOperators();
    world.rebuilder("eta-1", "eta", "FI", "gcc");
    world.rebuilder("theta-1", "theta", "EE", "gcc");
    world.also.put("clang-14", quorum(3));
    // Named by three, of whom two may not.
    for (String who : List.of("alpha-1", "eta-1", "theta-1")) {
      clang(who).log();
    }
    for (String who : List.of("beta-1", "gamma-1", "delta-1")) {
      clangElsewhere(who).log();
    }
    clang("epsilon-1").inEnvironment(2).got(variant("net-tools", "amd64", 42)).log();
    world.assertRefused(Rule.ALSO);
    assertThat(also().artifact()).contains(variant("net-tools", "amd64", 41));
  }

  @Test
  void whichOfTwoEqualOnesIsTakenTheOrderOfTheLogDoesNotDecide() {
    moreOperators();
    clang("alpha-1").log();
    clang("beta-1").log();
    clangElsewhere("gamma-1").log();
    clangElsewhere("delta-1").log();
    Optional<BinaryArtifact> taken = also().artifact();
    world.assertAccepted();
    Collections.reverse(world.logged);
    assertThat(also().artifact()).isEqualTo(taken);
  }

  // --- what is no vote there -------------------------------------------------------------------

  @Test
  void aClangVoteNeverCountsForGccsBitsWhateverItsSha256() {
    world.also.put("gcc-12", quorum(2));
    gcc("alpha-1").log();
    for (String who : List.of("alpha-1", "beta-1", "gamma-1")) {
      clang(who).got(world.archiveFile).log();
    }
    // Of its two hash classes that of clang-14 comes nearer, and gcc-12 is asked for.
    world.assertRefused(Rule.ALSO);
    assertThat(onlyReason().what()).contains("gcc-12 too", "1 of 2 operators");
    gcc("beta-1").log();
    world.assertAccepted();
  }

  @Test
  void aGccVoteNeverCountsForClangsBitsWhateverTheirSha256() {
    for (String who : List.of("alpha-1", "beta-1", "gamma-1")) {
      gcc(who).and(VARIANT).log();
    }
    clang("gamma-1").log();
    world.assertRefused(Rule.ALSO);
    assertThat(also().votes()).hasSize(1);
    clang("beta-1").log();
    world.assertAccepted();
  }

  @Test
  void theFilesOwnClassAloneIsNoOtherCompiler() {
    clang("alpha-1").log();
    clang("beta-1").log();
    clang("gamma-1").log();
    Verdict verdict = world.judge(VARIANT);
    assertThat(verdict.reasons()).extracting(Reason::rule).containsExactly(Rule.ALSO);
    assertThat(verdict.reasons().get(0).what())
        .endsWith("it is of clang-14 itself, and no other hash class is asked for");
    world.also.put("gcc-12", quorum(2));
    gcc("alpha-1").log();
    gcc("beta-1").log();
    assertThat(world.judge(VARIANT).reasons()).isEmpty();
  }

  @Test
  void aRootThatTheRosterDoesNotAllowIsNoVoteThere() {
    world.rebuilder("delta-1", "delta", "NL", "gcc");
    world.also.put("clang-14", quorum(2));
    gcc("alpha-1").log();
    gcc("beta-1").log();
    clang("alpha-1").log();
    clang("delta-1").log();
    world.assertRefused(Rule.ALSO);
    assertThat(also().uncounted())
        .singleElement()
        .satisfies(other -> assertThat(other.why()).contains("claims compiler root clang"));
  }

  @Test
  void aKeySetAsideIsNoVoteThereAndIsNamedWhereItIsMissed() {
    bothReproduced();
    world.says("gamma-1").by("pcc").got(file("hostname", 3)).asNumber(number).log();
    world.assertRefused(Rule.ALSO, Rule.EQUIVOCATION);
    assertThat(world.judge(world.archiveFile).refusal()).contains(Reason.Kind.MISBEHAVIOUR);
    assertThat(world.judge(world.archiveFile).reasons().get(1).what())
        .contains("gamma-1 signed two different statements");
    clang("beta-1").log();
    world.assertAccepted();
    // A refusal for which it is not missed does not name it.
    gcc("beta-1").failed().log();
    world.assertRefused(Rule.QUORUM);
  }

  @Test
  void aSourceByNobodyOfTheKeyringGivesNoVoteThere() throws Exception {
    Fingerprint uploader = world.reviewers("uploader", "nobody").get(0);
    byte[] certificate = world.reviewers.people().get(0).certificate().toBytes();
    world.source =
        Optional.of(new SourceSigners(Keyring.parse(certificate), Sha256.of(certificate)));
    gcc("alpha-1").ofSourceSignedBy(uploader).log();
    gcc("beta-1").ofSourceSignedBy(uploader).log();
    clang("alpha-1").ofSourceSignedBy(uploader).log();
    clang("beta-1").log();
    world.assertRefused(Rule.ALSO);
    clang("beta-1").ofSourceSignedBy(uploader).log();
    world.assertAccepted();
  }

  @Test
  void oneOperatorMayVoteInBothClassesAndIsOneVoteInEach() {
    gcc("alpha-1").log();
    gcc("beta-1").log();
    clang("alpha-1").log();
    world.rebuilder("alpha-2", "alpha", "DE", "clang");
    clang("alpha-2").log();
    world.assertRefused(Rule.ALSO);
    clang("beta-1").log();
    world.assertAccepted();
    assertThat(world.judge(world.archiveFile).votes())
        .extracting(vote -> vote.rebuilder().operator())
        .containsExactly("alpha", "beta");
  }

  @Test
  void theOtherClassHasDistinctValuesOfItsOwn() {
    world.rebuilder("delta-1", "delta", "DE", "clang");
    world.also.put(
        "clang-14", new Quorum(Group.of(2, world.operators()), Map.of(Dimension.JURISDICTION, 2)));
    gcc("alpha-1").log();
    gcc("beta-1").log();
    clang("alpha-1").log();
    clang("delta-1").log();
    world.assertRefused(Rule.ALSO);
    assertThat(onlyReason().what()).contains("cover 1 of 2 different values of jurisdiction");
    clang("gamma-1").log();
    world.assertAccepted();
  }

  // --- vetoes ----------------------------------------------------------------------------------

  @Test
  void otherBitsInTheSameEnvironmentAreAVetoThere() {
    bothReproduced();
    clang("beta-1").got(variant("net-tools", "amd64", 41)).log();
    world.assertRefused(Rule.ALSO);
    assertThat(onlyReason().what()).contains("1 operators got other bits", "beta-1 (entry 4");
    assertThat(also().uncounted())
        .singleElement()
        .satisfies(other -> assertThat(other.why()).endsWith(": a veto"));
    // By the limit of the terms.
    world.veto = 2;
    world.assertAccepted();
  }

  /** Whoever names a file chooses its version: none takes it out of the honest one's way. */
  @Test
  void otherBitsAreAVetoThereUnderWhateverVersion() {
    gcc("alpha-1").log();
    gcc("beta-1").log();
    clang("gamma-1").log();
    BinaryArtifact other =
        new BinaryArtifact(
            new PackageIdentity(
                new PackageName("net-tools"),
                new PackageVersion("2.10-1+cd.clang14"),
                new Architecture("amd64")),
            Sha256.of(new byte[] {66}),
            1200);
    clang("alpha-1").got(other).log();
    clang("beta-1").got(other).log();
    world.assertRefused(Rule.ALSO);
    assertThat(onlyReason().what()).contains("1 operators got other bits", "gamma-1 (entry 2");
    assertThat(also().artifact()).contains(other);
    // The same bits under another version, another package and another architecture are no veto.
    clang("gamma-1")
        .got(new BinaryArtifact(VARIANT.identity(), other.digest(), other.size()))
        .and(variant("net-tools-doc", "amd64", 41))
        .and(variant("net-tools", "arm64", 42))
        .log();
    world.assertAccepted();
  }

  @Test
  void otherBitsOfAnotherSourceAreNoVetoOnTheVotesOfOne() {
    bothReproduced();
    gcc("alpha-1").fromSource(2).log();
    gcc("gamma-1").fromSource(2).got(file("net-tools", 9)).log();
    clang("alpha-1").fromSource(2).log();
    clang("gamma-1").fromSource(2).got(variant("net-tools", "amd64", 41)).log();
    world.assertAccepted();
    gcc("gamma-1").got(file("net-tools", 9)).log();
    world.assertRefused(Rule.VETO);
  }

  @Test
  void otherBitsInOneClassSayNothingOfTheOther() {
    bothReproduced();
    gcc("gamma-1").got(file("net-tools", 9)).log();
    world.assertRefused(Rule.VETO);
    assertThat(also().met()).isTrue();
  }

  @Test
  void anOverrideOfAVetoThereBoundsTheAcceptance() {
    List<Fingerprint> people = world.reviewers("r1", "r2");
    bothReproduced();
    BinaryArtifact odd = variant("net-tools", "amd64", 41);
    clang("beta-1").got(odd).log();
    override(people.get(0), world.archiveFile, odd);
    world.assertRefused(Rule.ALSO);
    override(people.get(0), VARIANT, odd);
    world.assertAccepted();
    Instant end = NOW.plusSeconds(60);
    assertThat(world.judge(world.archiveFile).until()).isEqualTo(end);
    assertThat(world.judge(world.archiveFile, end).accepted()).isFalse();
    // What nobody contradicts lasts longer, whoever has more votes.
    moreOperators();
    clang("zeta-1").log();
    clang("delta-1").inEnvironment(2).got(variant("net-tools", "amd64", 43)).log();
    clang("epsilon-1").inEnvironment(2).got(variant("net-tools", "amd64", 43)).log();
    assertThat(world.judge(world.archiveFile).until()).isAfter(end);
  }

  private void override(Fingerprint reviewer, BinaryArtifact vetoed, BinaryArtifact bits) {
    VetoOverride override =
        new VetoOverride(
            vetoed.digest(),
            world.named("beta-1").certificate().fingerprint(),
            bits.digest(),
            "seen",
            NOW.plusSeconds(60));
    world.others.add(collector -> collector.add(reviewer, override));
  }

  @Test
  void aVetoThereWhoseEvidenceNobodyServesDoesNotCount() {
    bothReproduced();
    clang("beta-1").got(variant("net-tools", "amd64", 41)).log();
    world.assertRefused(Rule.ALSO);
    assertThat(Held.by(world.judge(world.archiveFile)).orElseThrow().vetoes())
        .containsExactly(
            new Veto(world.logged.get(4), VARIANT, variant("net-tools", "amd64", 41).digest()));
    Fingerprint veto = world.named("beta-1").certificate().fingerprint();
    Instant end = NOW.plusSeconds(60);
    world.others.add(collector -> collector.lacksSupport(veto, VARIANT.digest(), end));
    world.assertAccepted();
    assertThat(world.judge(world.archiveFile).until()).isEqualTo(end);
  }

  // --- terms -----------------------------------------------------------------------------------

  private void rule(SortedMap<String, Quorum> also, Optional<Instant> relaxedUntil) {
    world.rules.add(
        new PolicyRule(
            1,
            List.of(new PackagePattern("net-*")),
            Set.of(),
            Optional.empty(),
            new Demands(quorum(2), 1, Duration.ZERO, also),
            relaxedUntil.map(end -> new PolicyRule.Relaxation(end, "clang fails"))));
  }

  @Test
  void aRelaxationCanDoWithoutTheOtherClassUntilItEnds() {
    gcc("alpha-1").log();
    gcc("beta-1").log();
    world.assertRefused(Rule.ALSO);
    Instant end = NOW.plusSeconds(60);
    rule(new TreeMap<>(), Optional.of(end));
    world.assertAccepted();
    assertThat(world.judge(world.archiveFile).also()).isEmpty();
    assertThat(world.judge(world.archiveFile).until()).isEqualTo(end);
    assertThat(world.judge(world.archiveFile, end).accepted()).isFalse();
    clang("alpha-1").log();
    clang("gamma-1").log();
    assertThat(world.judge(world.archiveFile).until()).isAfter(end);
  }

  @Test
  void aRuleCanAskForTheOtherClassWhereThePolicyDoesNot() {
    world.also.clear();
    gcc("alpha-1").log();
    gcc("beta-1").log();
    world.assertAccepted();
    rule(new TreeMap<>(Map.of("clang-14", quorum(2))), Optional.empty());
    world.assertRefused(Rule.ALSO);
    clang("alpha-1").fromSuite("bookworm-security").log();
    clang("gamma-1").log();
    // The suite is of no account there: it is one source.
    world.assertAccepted();
  }

  @Test
  void eachClassThatIsAskedForMustDo() {
    bothReproduced();
    world.also.put("pcc", quorum(1));
    world.assertRefused(Rule.ALSO);
    assertThat(onlyReason().what()).startsWith("the policy asks for pcc too");
    gcc("gamma-1").by("pcc").got(file("net-tools", 60)).log();
    world.assertAccepted();
    assertThat(world.judge(world.archiveFile).also())
        .extracting(Counterpart::toolchain)
        .containsExactly("clang-14", "pcc");
  }

  @Test
  void inItsOwnClassTheFileItselfMustDo() {
    world.also.put("gcc-12", quorum(3));
    bothReproduced();
    BinaryArtifact other = variant("net-tools", "amd64", 70);
    for (String who : List.of("alpha-1", "beta-1", "gamma-1")) {
      gcc(who).and(file("net-tools", 1)).got(other).inEnvironment(3).log();
    }
    world.assertAccepted();
    gcc("gamma-1").got(other).inEnvironment(3).log();
    world.assertRefused(Rule.ALSO);
    assertThat(world.judge(world.archiveFile).also().get(1).artifact()).contains(world.archiveFile);
  }

  @Test
  void whoeverInstallsEitherVariantNeedsBoth() {
    world.also.put("gcc-12", quorum(2));
    bothReproduced();
    world.assertAccepted();
    assertThat(world.judge(VARIANT).reasons()).isEmpty();
    gcc("beta-1").failed().log();
    world.assertRefused(Rule.QUORUM, Rule.ALSO);
    assertThat(world.judge(VARIANT).reasons()).extracting(Reason::rule).containsExactly(Rule.ALSO);
  }

  @Test
  void anExemptionOfTheFileReplacesWhatIsAskedOfTheOtherClassToo() {
    gcc("alpha-1").log();
    gcc("beta-1").log();
    world.assertRefused(Rule.ALSO);
    world.exemptions.add(
        new HashExemption(
            world.archiveFile.digest(),
            world.archiveFile.identity(),
            "clang fails",
            NOW.plusSeconds(60)));
    world.assertAccepted();
    // A key that is missed there only is no reason then.
    clang("gamma-1").log();
    world.says("gamma-1").by("pcc").got(file("hostname", 3)).asNumber(number).log();
    gcc("gamma-1").got(file("net-tools", 9)).log();
    world.assertRefused(Rule.VETO);
  }

  @Test
  void theTicketsAreOfWhatBothReproduced() throws Exception {
    world.also.put("gcc-12", quorum(2));
    gcc("alpha-1").and(file("net-tools-doc", 80)).log();
    gcc("beta-1").and(file("net-tools-doc", 80)).log();
    clang("alpha-1").log();
    clang("beta-1").log();
    assertThat(
            Issuance.of(
                    world.policy(), BoundPolicy.of(new byte[0], "/p.yaml"), world.evidence(), NOW)
                .tickets()
                .all())
        .extracting(Ticket::digest)
        .containsExactlyInAnyOrder(world.archiveFile.digest(), VARIANT.digest());
  }
}
