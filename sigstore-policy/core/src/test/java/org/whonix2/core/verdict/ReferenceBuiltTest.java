package org.whonix2.core.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.core.verdict.World.file;
import static org.whonix2.core.verdict.World.stage;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.whonix2.core.policy.Demands;
import org.whonix2.core.policy.Dimension;
import org.whonix2.core.policy.PackagePattern;
import org.whonix2.core.policy.PolicyRule;
import org.whonix2.core.policy.Quorum;
import org.whonix2.core.quorum.Group;
import org.whonix2.core.verdict.Reason.Rule;

/**
 * The hash class that has one hash whatever root its compiler was made from, under a policy that
 * asks for three of these roots.
 */
class ReferenceBuiltTest {
  private final World world = new World();
  private long number;

  ReferenceBuiltTest() {
    world.rebuilders.clear();
    world.rebuilder("of-gcc", "alpha", "DE", "gcc");
    world.rebuilder("of-clang", "beta", "FR", "clang");
    world.rebuilder("of-pcc", "gamma", "IS", "pcc");
    world.rebuilder("of-tcc", "delta", "NL", "tcc");
    world.rebuilder("also-of-gcc", "epsilon", "NO", "gcc");
    world.rebuilder("third-of-gcc", "zeta", "SE", "gcc");
    world.threshold = 5;
    Quorum roots = new Quorum(Group.of(3, world.operators()), Map.of(Dimension.COMPILER_ROOT, 3));
    world.rules.add(
        new PolicyRule(
            1,
            List.of(new PackagePattern("*")),
            Set.of(),
            Optional.of("tcc-ddc"),
            new Demands(roots, 1, Duration.ZERO),
            Optional.empty()));
  }

  private World.Said says(String rebuilder) {
    return world.says(rebuilder).by("tcc-ddc").withStage(3).asNumber(++number);
  }

  private void say(String... rebuilders) {
    for (String rebuilder : rebuilders) {
      says(rebuilder).log();
    }
  }

  /** What is said, and for which reasons the box refuses; none for an acceptance. */
  record Row(String said, Consumer<ReferenceBuiltTest> saying, List<Rule> refused) {
    static Row of(String said, Consumer<ReferenceBuiltTest> saying, Rule... refused) {
      return new Row(said, saying, List.of(refused));
    }

    @Override
    public String toString() {
      return said;
    }
  }

  static Stream<Row> rows() {
    return Stream.of(
        Row.of("three roots, one hash", test -> test.say("of-gcc", "of-clang", "of-pcc")),
        Row.of("any three roots", test -> test.say("of-tcc", "of-clang", "also-of-gcc")),
        Row.of(
            "a root is missing",
            test -> test.say("of-gcc", "of-clang"),
            Rule.QUORUM,
            Rule.DISTINCT),
        Row.of(
            "a root is missing among enough operators",
            test -> test.say("of-gcc", "of-clang", "also-of-gcc"),
            Rule.DISTINCT),
        Row.of(
            "a rebuilder claims a root that its entry lacks",
            test -> {
              test.say("of-gcc", "of-clang");
              test.says("also-of-gcc").withRoot("pcc").log();
            },
            Rule.QUORUM,
            Rule.DISTINCT),
        Row.of(
            "the same among enough operators",
            test -> {
              test.say("of-gcc", "of-clang", "also-of-gcc");
              test.says("of-tcc").withRoot("pcc").log();
            },
            Rule.DISTINCT),
        Row.of(
            "one root's compiler is the trojan: its rebuild has other bits",
            test -> {
              test.say("of-gcc", "of-clang");
              test.says("of-pcc").got(file("net-tools", 66)).withStage(66).log();
            },
            Rule.QUORUM,
            Rule.DISTINCT,
            Rule.VETO),
        Row.of(
            "the same beside three honest roots",
            test -> {
              test.say("of-gcc", "of-clang", "of-tcc");
              test.says("of-pcc").got(file("net-tools", 66)).withStage(66).log();
            },
            Rule.VETO),
        Row.of(
            "the trojan's root leaves this package alone, but its compiler is another one",
            test -> {
              test.say("of-gcc", "of-clang");
              test.says("of-pcc").withStage(66).log();
            },
            Rule.DISTINCT),
        Row.of(
            "the same beside three honest roots, who do not need it",
            test -> {
              test.say("of-gcc", "of-clang", "of-tcc");
              test.says("of-pcc").withStage(66).log();
            }),
        Row.of(
            "two hash classes are mixed",
            test -> {
              test.say("of-gcc", "of-clang");
              test.says("of-pcc").by("pcc-ddc").log();
            },
            Rule.QUORUM,
            Rule.DISTINCT),
        Row.of(
            "three roots of native classes",
            test -> {
              test.says("of-gcc").by("gcc-12").log();
              test.says("of-clang").by("clang-14").log();
              test.says("of-pcc").by("pcc").log();
            },
            Rule.QUORUM),
        Row.of(
            "three roots for the archive's own class",
            test -> {
              for (String who : List.of("of-gcc", "of-clang", "of-pcc")) {
                test.says(who).by("gcc-12").log();
              }
            },
            Rule.QUORUM));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void threeRootsMustComeToOneHash(Row row) {
    row.saying.accept(this);
    world.assertRefused(row.refused.toArray(Rule[]::new));
  }

  @Test
  void theOddCompilerIsNamed() {
    say("of-gcc", "of-clang");
    says("of-pcc").withStage(66).log();
    Reason reason = world.judge(world.archiveFile).reasons().get(0);
    assertThat(reason.what())
        .isEqualTo(
            "the votes cover 2 of 3 different values of compilerRoot, as roots count together only"
                + " where they came to one compiler, and these came to "
                + stage(3)
                + " (of-clang from clang, of-gcc from gcc), and "
                + stage(66)
                + " (of-pcc from pcc)");
    assertThat(reason.remedy())
        .endsWith("which compiler is not what its source says, docs/trusting-trust.md");
  }

  @Test
  void theCompilerOfMostRootsIsNamedFirstThenThatOfMostVotes() {
    says("of-gcc").withStage(66).log();
    says("also-of-gcc").withStage(66).log();
    says("third-of-gcc").withStage(66).log();
    says("of-clang").withStage(5).log();
    assertThat(odd()).contains(stage(66) + " (also-of-gcc", "and " + stage(5) + " (of-clang");
    says("of-pcc").withStage(5).log();
    assertThat(odd()).contains(stage(5) + " (of-clang", "and " + stage(66) + " (also-of-gcc");
  }

  private String odd() {
    return world.judge(world.archiveFile).reasons().get(0).what();
  }

  @Test
  void whereAllCameToOneCompilerNoneIsNamed() {
    say("of-gcc", "of-clang", "also-of-gcc");
    assertThat(odd()).isEqualTo("the votes cover 2 of 3 different values of compilerRoot");
  }

  /** Of gcc-12 the archive's own compiler is a root that nobody regenerates. */
  @Test
  void aRootWithoutAStageCountsBesideThoseThatHaveOne() {
    world.threshold = 3;
    world.distinct.put(Dimension.COMPILER_ROOT, 2);
    world.says("of-gcc").log();
    world.says("also-of-gcc").log();
    world.says("of-clang").withStage(7).log();
    world.assertAccepted();
    world.distinct.put(Dimension.COMPILER_ROOT, 3);
    world.says("of-pcc").withStage(8).log();
    world.assertRefused(Rule.DISTINCT);
    world.says("of-pcc").withStage(7).asNumber(2).log();
    world.assertAccepted();
  }

  @Test
  void otherDimensionsDoNotAskWhichCompilerItWas() {
    world.threshold = 3;
    world.distinct.put(Dimension.JURISDICTION, 3);
    world.says("of-gcc").withStage(7).log();
    world.says("of-clang").withStage(8).log();
    world.says("of-pcc").withStage(9).log();
    world.assertAccepted();
  }
}
