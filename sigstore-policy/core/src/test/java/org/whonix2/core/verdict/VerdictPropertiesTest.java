package org.whonix2.core.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.core.verdict.World.file;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.whonix2.core.policy.Demands;
import org.whonix2.core.policy.Dimension;
import org.whonix2.core.policy.PackagePattern;
import org.whonix2.core.policy.PolicyRule;
import org.whonix2.core.policy.Quorum;
import org.whonix2.core.quorum.Group;
import org.whonix2.core.statement.Exemption;

/** What holds of every verdict, whatever the policy and whatever was said. */
class VerdictPropertiesTest {
  private static final List<String> NAMES =
      List.of("alpha-1", "beta-1", "gamma-1", "alpha-2", "delta-1", "epsilon-1");

  /** A policy in a few numbers. */
  record Asked(int threshold, int jurisdictions, int veto, int rule, boolean relaxed, int also) {}

  /** A statement in a few numbers; bits 0 are the judged file's. */
  record Said(int rebuilder, int bits, int environment, int suite, int toolchain) {}

  @Provide
  Arbitrary<Asked> asked() {
    return Combinators.combine(
            ints(1, 4), ints(1, 3), ints(1, 2), ints(0, 3), Arbitraries.of(true, false), ints(0, 2))
        .as(Asked::new);
  }

  @Provide
  Arbitrary<List<Said>> said() {
    return Combinators.combine(ints(0, 5), ints(0, 1), ints(0, 1), ints(0, 1), ints(0, 1))
        .as(Said::new)
        .list()
        .ofMaxSize(8);
  }

  private static Arbitrary<Integer> ints(int least, int most) {
    return Arbitraries.integers().between(least, most);
  }

  private static World world(Asked asked) {
    World world = new World();
    world.rebuilder("alpha-2", "alpha", "DE", "clang");
    world.rebuilder("delta-1", "delta", "DE", "gcc");
    world.rebuilder("epsilon-1", "epsilon", "NO", "gcc");
    world.threshold = asked.threshold;
    world.veto = asked.veto;
    world.distinct.put(Dimension.JURISDICTION, asked.jurisdictions);
    if (asked.also > 0) {
      world.also.put("toolchain-1", new Quorum(Group.of(asked.also, world.operators()), Map.of()));
    }
    if (asked.rule > 0) {
      Quorum other = new Quorum(Group.of(asked.rule, world.operators()), Map.of());
      world.rules.add(
          new PolicyRule(
              1,
              List.of(new PackagePattern("net-*")),
              Set.of("suite-1"),
              Optional.empty(),
              new Demands(other, asked.veto, Duration.ZERO),
              Optional.of(asked)
                  .filter(one -> one.relaxed)
                  .map(one -> new PolicyRule.Relaxation(World.NOW.plusSeconds(60), "a test"))));
    }
    return world;
  }

  private static World world(Asked asked, List<Said> statements) {
    World world = world(asked);
    statements.forEach(said -> say(world, said, world.logged.size() + 1));
    return world;
  }

  private static void say(World world, Said said, int number) {
    World.Said saying =
        world
            .says(NAMES.get(said.rebuilder))
            .inEnvironment(said.environment)
            .fromSuite("suite-" + said.suite)
            .by("toolchain-" + said.toolchain)
            .asNumber(number);
    if (said.bits > 0) {
      saying.got(file("net-tools", 9));
    }
    saying.log();
  }

  private static boolean accepts(World world) {
    return world.judge(world.archiveFile).accepted();
  }

  /** A vote of somebody who said nothing else of this rebuild, where nobody got other bits. */
  private static boolean contradictsNobody(Said vote, List<Said> others) {
    return vote.bits == 0
        && others.stream()
            .noneMatch(
                other ->
                    other.toolchain == vote.toolchain
                        && (other.rebuilder == vote.rebuilder
                            || (other.bits > 0 && other.environment == vote.environment)));
  }

  @Property(tries = 1000)
  void aVoteThatContradictsNobodyNeverTurnsAcceptedIntoRefusedNorItsLossRefusedIntoAccepted(
      @ForAll("asked") Asked asked, @ForAll("said") List<Said> said) {
    for (Said vote : Set.copyOf(said)) {
      List<Said> without = new ArrayList<>(said);
      without.removeIf(vote::equals);
      if (contradictsNobody(vote, without) && accepts(world(asked, without))) {
        assertThat(accepts(world(asked, said))).isTrue();
      }
    }
  }

  @Property(tries = 1000)
  void orderAndDuplicatesNeverMatter(
      @ForAll("asked") Asked asked, @ForAll("said") List<Said> said, @ForAll long seed) {
    World world = world(asked, said);
    List<Object> answer = answer(world);
    world.logged.addAll(List.copyOf(world.logged));
    Collections.shuffle(world.logged, new Random(seed));
    assertThat(answer(world)).isEqualTo(answer);
  }

  private static List<Object> answer(World world) {
    Verdict verdict = world.judge(world.archiveFile);
    return List.of(
        verdict.reasons().stream().map(Reason::rule).sorted().toList(),
        verdict.until(),
        verdict.terms().rule(),
        Set.copyOf(verdict.votes()));
  }

  @Property(tries = 1000)
  void aVetoOnlyEverMovesTowardsRefused(
      @ForAll("asked") Asked asked,
      @ForAll("said") List<Said> said,
      @ForAll("said") List<Said> more) {
    World world = world(asked, said);
    boolean before = accepts(world);
    for (Said other : more) {
      // By somebody new, so that it takes back no word of his own; and no vote for those other bits
      // where another hash class is asked for.
      boolean isVote = asked.also > 0 && other.toolchain == 1;
      if (!isVote && said.stream().noneMatch(one -> one.rebuilder == other.rebuilder)) {
        say(
            world,
            new Said(other.rebuilder, 1, other.environment, other.suite, other.toolchain),
            99);
      }
    }
    assertThat(accepts(world) && !before).isFalse();
  }

  @Property(tries = 1000)
  void anEquivocationOnlyEverMovesTowardsRefused(
      @ForAll("asked") Asked asked, @ForAll("said") List<Said> said) {
    World world = world(asked, said);
    boolean before = accepts(world);
    for (LoggedRebuild logged : List.copyOf(world.logged)) {
      world
          .says(logged.rebuilder().name())
          .fromSource(9)
          .asNumber(logged.rebuild().sequence())
          .log();
      boolean after = accepts(world);
      assertThat(after && !before).isFalse();
      before = after;
    }
  }

  @Property(tries = 500)
  void anExpiryOnlyEverMovesTowardsRefused(
      @ForAll("asked") Asked asked, @ForAll("said") List<Said> said) {
    World world = world(asked, said);
    var reviewers = world.reviewers("r1", "r2");
    world.others.add(
        collector ->
            collector.add(
                reviewers.get(0),
                new Exemption(
                    world.archiveFile.digest(),
                    world.archiveFile.identity(),
                    "seen",
                    World.NOW.plusSeconds(50))));
    boolean before = true;
    for (int seconds = 0; seconds < 700_000; seconds += seconds < 100 ? 10 : 70_000) {
      Instant now = World.NOW.plusSeconds(seconds);
      Verdict verdict = world.judge(world.archiveFile, now);
      assertThat(verdict.accepted() && !before).isFalse();
      if (verdict.accepted()) {
        assertThat(verdict.until()).isAfter(now);
      }
      before = verdict.accepted();
    }
    assertThat(before).isFalse();
  }

  /** An acceptance holds until its end, and no longer where nothing else changes. */
  @Property(tries = 1000)
  void anAcceptanceHoldsUntilItsEnd(@ForAll("asked") Asked asked, @ForAll("said") List<Said> said) {
    World world = world(asked, said);
    Verdict verdict = world.judge(world.archiveFile);
    if (verdict.accepted()) {
      assertThat(world.judge(world.archiveFile, verdict.until().minusSeconds(1)).accepted())
          .isTrue();
      assertThat(world.judge(world.archiveFile, verdict.until()).accepted()).isFalse();
    }
  }
}
