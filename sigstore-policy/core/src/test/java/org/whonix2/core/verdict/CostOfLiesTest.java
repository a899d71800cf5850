package org.whonix2.core.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.whonix2.core.verdict.World.file;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.policy.Dimension;
import org.whonix2.core.policy.Quorum;
import org.whonix2.core.quorum.Group;
import org.whonix2.core.verdict.Reason.Rule;

/**
 * What one rebuilder can make a box do by saying much: each takes time that grows with what it
 * said, not with its square, and changes no answer.
 */
class CostOfLiesTest {
  private static final int MANY = 20_000;
  private static final Duration SOON = Duration.ofSeconds(30);

  private final World world = new World();
  private long number;

  CostOfLiesTest() {
    world.rebuilders.clear();
    for (String operator : List.of("alpha", "beta", "gamma", "liar")) {
      world.rebuilder(operator + "-1", operator, "of " + operator, "gcc", "clang");
    }
    world.threshold = 2;
  }

  private World.Said gcc(String who) {
    return world.says(who).withRoot("gcc").asNumber(++number);
  }

  private World.Said clang(String who) {
    return world.says(who).by("clang-14").withRoot("clang").asNumber(++number);
  }

  private static BinaryArtifact variant(int number) {
    return new BinaryArtifact(
        new PackageIdentity(
            new PackageName("net-tools"),
            new PackageVersion("2.10-1+cc." + number),
            new Architecture("amd64")),
        Sha256.of(World.numbered(7, number)),
        1200);
  }

  private Quorum anyOf(int threshold) {
    return new Quorum(Group.of(threshold, world.operators()), Map.of());
  }

  private Verdict soon() {
    Evidence evidence = world.evidence();
    return assertTimeoutPreemptively(
        SOON, () -> VerdictRules.judge(world.policy(), evidence, world.archiveFile, World.NOW));
  }

  private static List<Rule> rules(Verdict verdict) {
    return verdict.reasons().stream().map(Reason::rule).toList();
  }

  @Test
  void aHashClassForEachVote() {
    gcc("alpha-1").log();
    gcc("beta-1").log();
    for (int i = 0; i < 2 * MANY; i++) {
      gcc("liar-1").by("cc-" + i).log();
    }
    assertThat(soon().accepted()).isTrue();
  }

  @Test
  void aCompilerForEachVote() {
    world.distinct.put(Dimension.COMPILER_ROOT, 2);
    gcc("alpha-1").withStage(-1).log();
    gcc("beta-1").withStage(-1).log();
    for (int i = 0; i < 2 * MANY; i++) {
      World.Said said = gcc("liar-1").fromSource(i);
      (i % 2 == 0 ? said : said.withStage(i)).log();
    }
    Verdict verdict = soon();
    assertThat(rules(verdict)).containsExactly(Rule.DISTINCT);
    // The honest ones' is that of most operators, and named first.
    assertThat(verdict.reasons().get(0).what())
        .contains("these came to " + World.stage(-1) + " (alpha-1 from gcc, beta-1 from gcc), and")
        .endsWith(" (liar-1 from gcc), and " + (MANY + 1 - 10) + " more");
    clang("gamma-1").by("gcc-12").withStage(-1).log();
    assertThat(soon().accepted()).isTrue();
  }

  @Test
  void aSourceForEachVoteWhereAnotherClassIsAskedFor() {
    world.also.put("clang-14", anyOf(2));
    world.also.put("gcc-12", anyOf(2));
    gcc("alpha-1").log();
    gcc("beta-1").log();
    clang("alpha-1").got(variant(1)).log();
    clang("beta-1").got(variant(1)).log();
    for (int i = 2; i < MANY; i++) {
      gcc("liar-1").fromSource(i).log();
      clang("liar-1").got(variant(1)).fromSource(i).log();
    }
    assertThat(soon().accepted()).isTrue();
    world.threshold = 1;
    world.also.put("gcc-12", anyOf(1));
    assertThat(soon().accepted()).isTrue();
  }

  @Test
  void aHashClassForEachVoteOfTheSourceOfWhichAnotherClassIsAskedFor() {
    world.also.put("clang-14", anyOf(2));
    world.threshold = 1;
    gcc("alpha-1").log();
    clang("alpha-1").got(variant(1)).log();
    for (int i = 0; i < MANY; i++) {
      gcc("liar-1").by("cc-" + i).log();
      clang("liar-1").got(variant(2)).ofToolchain(i).log();
    }
    assertThat(rules(soon())).containsExactly(Rule.ALSO);
    clang("beta-1").got(variant(1)).log();
    assertThat(soon().accepted()).isTrue();
  }

  @Test
  void aFileForEachVoteInTheOtherClass() {
    world.also.put("clang-14", anyOf(2));
    gcc("alpha-1").log();
    gcc("beta-1").log();
    for (int i = 2; i < MANY; i++) {
      clang("liar-1").got(variant(i)).ofToolchain(i).log();
    }
    assertThat(rules(soon())).containsExactly(Rule.ALSO);
    clang("alpha-1").got(variant(1)).log();
    clang("beta-1").got(variant(1)).log();
    assertThat(soon().also().get(0).artifact()).contains(variant(1));
  }

  @Test
  void aFileForEachVoteWhereOneOperatorWouldDo() {
    world.also.put(
        "clang-14", new Quorum(Group.of(1, world.operators()), Map.of(Dimension.COMPILER_ROOT, 2)));
    gcc("alpha-1").log();
    gcc("beta-1").log();
    for (int i = 2; i < MANY; i++) {
      // One version with as many bits.
      clang("liar-1").got(file("net-tools", i)).ofToolchain(i).log();
    }
    assertThat(rules(soon())).containsExactly(Rule.ALSO);
    clang("alpha-1").got(variant(1)).log();
    assertThat(rules(soon())).containsExactly(Rule.ALSO);
    // However many the liar names, what another operator names is looked at.
    world.also.put("clang-14", new Quorum(new Group.Member("alpha"), Map.of()));
    assertThat(soon().also().get(0).artifact()).contains(variant(1));
  }

  @Test
  void whatAnHonestOperatorNamesIsJudgedHoweverManyTheLiarNames() {
    world.also.put("clang-14", anyOf(1));
    gcc("alpha-1").log();
    gcc("beta-1").log();
    world.rebuilder("liar-2", "liar", "of liar", "clang");
    for (int i = 2; i < 1000; i++) {
      // The liar's own second key contradicts each.
      clang("liar-1").got(variant(i)).ofToolchain(i).log();
      clang("liar-2").got(variant(-i)).ofToolchain(i).log();
    }
    assertThat(rules(soon())).containsExactly(Rule.ALSO);
    for (int i = 0; i < 5; i++) {
      BinaryArtifact honest = variant(5000 + i);
      clang("alpha-1").got(honest).ofToolchain(-1).log();
      assertThat(soon().also().get(0).artifact()).contains(honest);
    }
    assertThat(soon().accepted()).isTrue();
  }
}
