package org.whonix2.core.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.core.verdict.World.NOW;
import static org.whonix2.core.verdict.World.file;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.policy.Demands;
import org.whonix2.core.policy.HashExemption;
import org.whonix2.core.policy.PackagePattern;
import org.whonix2.core.policy.PolicyRule;
import org.whonix2.core.policy.Quorum;
import org.whonix2.core.quorum.Group;

/** A verdict explains itself: who counted, who did not and why, what is missing, what to do. */
class VerdictReportTest {
  private static final BinaryArtifact VARIANT =
      new BinaryArtifact(
          new PackageIdentity(
              new PackageName("net-tools"),
              new PackageVersion("2.10-1+cc.clang14"),
              new Architecture("amd64")),
          file("net-tools", 40).digest(),
          1200);

  private final World world = new World();

  private String text() {
    return new VerdictReport(world.judge(world.archiveFile)).text();
  }

  private ObjectNode json() {
    return new VerdictReport(world.judge(world.archiveFile)).json();
  }

  @Test
  void anAcceptanceTellsItsVotesAndItsEnd() {
    world.agreed();
    assertThat(text())
        .isEqualTo(
            """
              package  net-tools 2.10-1 amd64
              sha256   4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a
              votes    3 operators, needed 3 of alpha, beta, gamma
                + alpha-1 of alpha, DE, amd64 AMD, gcc-12 from root gcc, entry 0 of log.example.org
                + beta-1 of beta, FR, amd64 AMD, gcc-12 from root gcc, entry 1 of log.example.org
                + gamma-1 of gamma, IS, amd64 AMD, gcc-12 from root clang, entry 2 of log.example.org
              until    2026-11-29T11:00:00Z
            """);
  }

  @Test
  void aRefusalTellsWhoDidNotCountAndWhatWouldHaveToHappen() {
    world.says("alpha-1").log();
    world.says("beta-1").withRoot("pcc").log();
    world.says("gamma-1").got(file("net-tools", 9)).inEnvironment(2).log();
    assertThat(text())
        .contains(
            "votes    1 operators, needed 3 of alpha, beta, gamma",
            "+ alpha-1 of alpha",
            "- beta-1 of beta",
            "not counted: it claims compiler root pcc, the policy says [gcc]",
            "- gamma-1 of gamma",
            ": inconclusive, as no vote is from the same source and environment",
            "refused: 1 of 3 operators vote for this SHA-256: alpha",
            "hint: votes of these would be needed: 2 of beta, gamma")
        .doesNotContain("until");
  }

  @Test
  void aClaimIsToldBesideWhatThePolicyAllows() {
    world.says("alpha-1").withTool("rebuilderd").log();
    world.says("beta-1").onCpu("Intel").log();
    assertThat(text())
        .contains(
            "it claims tool rebuilderd, the policy says whonix2-rebuilder",
            "it claims platform amd64/Intel/linux, the policy says amd64/AMD/linux");
  }

  @Test
  void programsAreToldTheSame() {
    world.says("alpha-1").asNumber(5).log();
    world.says("gamma-1").withRoot("pcc").log();
    ObjectNode json = json();
    assertThat(json.get("accepted").asBoolean()).isFalse();
    assertThat(json.at("/package/name").asText()).isEqualTo("net-tools");
    assertThat(json.at("/package/version").asText()).isEqualTo("2.10-1");
    assertThat(json.at("/package/architecture").asText()).isEqualTo("amd64");
    assertThat(json.at("/package/sha256").asText())
        .isEqualTo(world.archiveFile.digest().toString());
    assertThat(json.at("/package/size").asLong()).isEqualTo(1000);
    assertThat(json.get("operators").asInt()).isEqualTo(1);
    assertThat(json.get("threshold").asInt()).isEqualTo(3);
    assertThat(json.get("quorum").asText()).isEqualTo("3 of alpha, beta, gamma");
    assertThat(json.has("rule")).isFalse();
    assertThat(json.get("votes")).hasSize(1);
    assertThat(json.at("/votes/0/rebuilder").asText()).isEqualTo("alpha-1");
    assertThat(json.at("/votes/0/operator").asText()).isEqualTo("alpha");
    assertThat(json.at("/votes/0/jurisdiction").asText()).isEqualTo("DE");
    assertThat(json.at("/votes/0/cpuVendor").asText()).isEqualTo("AMD");
    assertThat(json.at("/votes/0/toolchain").asText()).isEqualTo("gcc-12");
    assertThat(json.at("/votes/0/compilerRoot").asText()).isEqualTo("gcc");
    assertThat(json.at("/votes/0/sequence").asLong()).isEqualTo(5);
    assertThat(json.at("/votes/0/index").asLong()).isZero();
    assertThat(json.at("/uncounted/0/rebuilder").asText()).isEqualTo("gamma-1");
    assertThat(json.at("/uncounted/0/why").asText()).contains("compiler root pcc");
    assertThat(json.at("/reasons/0/rule").asText()).isEqualTo("QUORUM");
    assertThat(json.at("/reasons/0/what").asText()).contains("1 of 3");
    assertThat(json.at("/reasons/0/remedy").asText()).contains("2 of beta, gamma");
    assertThat(json.has("until")).isFalse();
    world.says("beta-1").log();
    world.says("gamma-1").asNumber(2).log();
    assertThat(json().get("accepted").asBoolean()).isTrue();
    assertThat(json().get("until").asText()).isEqualTo("2026-11-29T11:00:00Z");
  }

  @Test
  void theRuleThatAppliedIsNamed() {
    world.rules.add(
        new PolicyRule(
            1,
            List.of(new PackagePattern("*")),
            Set.of(),
            Optional.empty(),
            new Demands(new Quorum(Group.of(1, world.operators()), Map.of()), 1, Duration.ZERO),
            Optional.empty()));
    world.says("alpha-1").log();
    assertThat(text()).contains("votes    1 operators, needed 1 of alpha, beta, gamma by rule 1");
    assertThat(json().get("rule").asInt()).isEqualTo(1);
  }

  @Test
  void anExemptionIsNamed() {
    world.exemptions.add(
        new HashExemption(
            world.archiveFile.digest(),
            world.archiveFile.identity(),
            "not reproducible",
            NOW.plusSeconds(60)));
    assertThat(text())
        .contains("votes    0 operators, needed 3 of alpha, beta, gamma, waived by an exemption");
    assertThat(json().get("exempted").asBoolean()).isTrue();
  }

  private void asksForClangToo() {
    world.threshold = 1;
    world.also.put("clang-14", new Quorum(Group.of(2, world.operators()), Map.of()));
    world.says("alpha-1").log();
    world.says("gamma-1").by("clang-14").got(VARIANT).log();
    world.says("beta-1").by("clang-14").failed().log();
  }

  @Test
  void votesOfAnotherHashClassStandApart() {
    asksForClangToo();
    assertThat(text())
        .isEqualTo(
            """
              package  net-tools 2.10-1 amd64
              sha256   4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a
              votes    1 operators, needed 1 of alpha, beta, gamma
                + alpha-1 of alpha, DE, amd64 AMD, gcc-12 from root gcc, entry 0 of log.example.org
              also     clang-14: 1 operators, needed 2 of alpha, beta, gamma
                       net-tools 2.10-1+cc.clang14 amd64, %1$s
                + gamma-1 of gamma, IS, amd64 AMD, clang-14 from root clang, entry 1 of log.example.org
                - beta-1 of beta, FR, amd64 AMD, clang-14 from root gcc, entry 2 of log.example.org
                  not counted: its rebuild failed: build-failed
              refused: the policy asks for clang-14 too, and of net-tools 2.10-1+cc.clang14 amd64 with SHA-256 %1$s: 1 of 2 operators vote for this SHA-256: gamma
                  hint: with clang-14: votes of these would be needed: 1 of alpha, beta
            """
                .formatted(VARIANT.digest()));
  }

  @Test
  void programsAreToldOfAnotherHashClassToo() {
    world.says("alpha-1").log();
    assertThat(json().get("also")).isEmpty();
    world.logged.clear();
    asksForClangToo();
    assertThat(json().get("also")).hasSize(1);
    assertThat(json().at("/also/0/toolchain").asText()).isEqualTo("clang-14");
    assertThat(json().at("/also/0/met").asBoolean(true)).isFalse();
    assertThat(json().at("/also/0/package/sha256").asText()).isEqualTo(VARIANT.digest().toString());
    assertThat(json().at("/also/0/operators").asInt()).isEqualTo(1);
    assertThat(json().at("/also/0/threshold").asInt()).isEqualTo(2);
    assertThat(json().at("/also/0/quorum").asText()).isEqualTo("2 of alpha, beta, gamma");
    assertThat(json().at("/also/0/votes/0/rebuilder").asText()).isEqualTo("gamma-1");
    assertThat(json().at("/also/0/uncounted/0/rebuilder").asText()).isEqualTo("beta-1");
    assertThat(json().at("/also/0/uncounted/0/why").asText()).contains("build-failed");
    assertThat(json().at("/reasons/0/rule").asText()).isEqualTo("ALSO");
    world.says("alpha-1").by("clang-14").got(VARIANT).asNumber(2).log();
    assertThat(json().get("accepted").asBoolean()).isTrue();
    assertThat(json().at("/also/0/met").asBoolean()).isTrue();
  }

  @Test
  void anExemptionIsNamedBesideAnotherHashClassToo() {
    asksForClangToo();
    world.exemptions.add(
        new HashExemption(
            world.archiveFile.digest(),
            world.archiveFile.identity(),
            "clang fails",
            NOW.plusSeconds(60)));
    assertThat(text())
        .contains("clang-14: 1 operators, needed 2 of alpha, beta, gamma, waived by an exemption");
  }
}
