package org.whonix2.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.quorum.Group;

/** What a policy asks for in hash classes other than the installed file's: {@code also}. */
class OtherHashClassesTest {
  private final PolicyText text = PolicyText.ofThree();

  private UpdatePolicy read(String more) throws Exception {
    return text.with(more).read();
  }

  private static String rule(String fields) {
    return "rules:\n  - {packages: ['*'], %s}\n".formatted(fields);
  }

  private void refused(String more, String complaint) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> read(more))
        .withMessageContaining(complaint);
  }

  private static final String CLANG_TOO = "{toolchain: clang-14, quorum: {threshold: 2}}";

  @Test
  void aPolicyCanAskForAnotherHashClassToo() throws Exception {
    assertThat(read("").demands().also()).isEmpty();
    Demands demands =
        read("also: [{toolchain: clang-14, quorum: {all: [beta, gamma], distinct: {kernel: 2}}}]\n")
            .demands();
    // It takes over nothing from the quorum of the installed file's own class.
    Quorum clang =
        new Quorum(
            new Group.Threshold(2, List.of(new Group.Member("beta"), new Group.Member("gamma"))),
            Map.of(Dimension.KERNEL, 2));
    assertThat(demands.also()).isEqualTo(Map.of("clang-14", clang));
    assertThat(demands.quorum().operators()).hasToString("3 of alpha, beta, gamma");
  }

  @Test
  void aRuleThatNamesOtherClassesReplacesThePolicysAndOneThatDoesNotKeepsThem() throws Exception {
    String own = "also: [" + CLANG_TOO + "]\n";
    String pcc = "{toolchain: pcc, quorum: {threshold: 1}}";
    assertThat(read(own + rule("veto: {operators: 1}")).rules().get(0).demands().also())
        .containsOnlyKeys("clang-14");
    assertThat(
            read(own + rule("toolchain: gcc-12, also: [" + pcc + ", " + CLANG_TOO + "]"))
                .rules()
                .get(0)
                .demands()
                .also())
        .containsOnlyKeys("clang-14", "pcc");
    assertThat(read(rule("also: [" + pcc + "]")).rules().get(0).demands().also())
        .containsOnlyKeys("pcc");
    assertThat(read(rule("also: []")).rules().get(0).demands().also()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "also: []",
        "also: [{toolchain: pcc, quorum: {threshold: 3, distinct: {cpuVendor: 3}}}]",
        "also: [{toolchain: clang-14, quorum: {threshold: 1, distinct: {cpuVendor: 2}}}]",
        "also: [{toolchain: clang-14, quorum: {threshold: 2}}]",
        "also: [{toolchain: clang-14, quorum: {threshold: 2, distinct: {cpuVendor: 2}}}]",
      })
  void aRuleThatWantsLessOfAnotherClassMustSaySo(String weaker) throws Exception {
    String own =
        """
        also: [{toolchain: clang-14, quorum: {threshold: 2, distinct: {cpuVendor: 2}}},
               {toolchain: pcc, quorum: {threshold: 1}}]
        """;
    refused(own + rule(weaker), "rule 1 asks for less than the policy does elsewhere");
    String leave = ", relax: true, until: 2027-01-01T00:00:00Z, reason: a test";
    assertThat(read(own + rule(weaker + leave)).rules()).hasSize(1);
    String all = "also: [{toolchain: pcc, quorum: {threshold: 1}}, {toolchain: clang-14, quorum: ";
    assertThat(read(own + rule(all + "{threshold: 3, distinct: {cpuVendor: 2}}}]")).rules())
        .hasSize(1);
  }

  /** The policy refuses every file of clang-14, and such a rule would take some. */
  @Test
  void aRuleThatAcceptsFilesOfTheOnlyClassThatThePolicyAsksForMustSaySo() throws Exception {
    String own = "also: [" + CLANG_TOO + "]\n";
    String both = "also: [" + CLANG_TOO + ", {toolchain: pcc, quorum: {threshold: 1}}]";
    String complaint = "rule 1 asks for less than the policy does elsewhere";
    refused(own + rule(both), complaint);
    refused(own + rule("toolchain: clang-14, " + both), complaint);
    assertThat(read(own + rule("toolchain: gcc-12, " + both)).rules()).hasSize(1);
    String leave = ", relax: true, until: 2027-01-01T00:00:00Z, reason: a test";
    assertThat(read(own + rule(both + leave)).rules()).hasSize(1);
    // Nothing is refused so where the policy asks for none, for two, or for the same one.
    assertThat(read(rule(both)).rules()).hasSize(1);
    assertThat(read(both + "\n" + rule(both)).rules()).hasSize(1);
    assertThat(read(own + rule("also: [" + CLANG_TOO + "]")).rules()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "also: clang-14 | also: expected a list",
        "also: [clang-14] | also: expected a mapping",
        "also: [{quorum: {threshold: 1}}] | expected a key 'also[0].toolchain'",
        "also: [{toolchain: clang-14}] | expected a key 'also[0].quorum'",
        "also: [{toolchain: Clang, quorum: {threshold: 1}}] | expected a toolchain such as",
        "also: [{toolchain: pcc, quorum: {}}] | expected a key 'also[0].quorum.threshold'",
        "also: [{toolchain: pcc, quorum: {threshold: 4}}] | also[0].quorum.threshold: expected at most 3",
        "also: [{toolchain: pcc, quorum: {any: [delta]}}] | expected an operator of rebuilders",
        "also: [{toolchain: pcc, quorum: {distinct: {kernel: 1}}}] | 'also[0].quorum.threshold'",
        "also: [{toolchain: pcc, quorum: {threshold: 1, veto: 1}}] | unknown key 'also[0].quorum.veto'",
        "also: [{toolchain: pcc, quorum: {threshold: 1}, veto: {operators: 1}}] | unknown key 'also[0].veto'",
        "also: [{toolchain: pcc, toolchain: pcc, quorum: {threshold: 1}}] | toolchain",
      })
  void aDefectInWhatIsAskedOfAnotherClassIsRefused(String also, String complaint) {
    refused(also + "\n", complaint);
  }

  @Test
  void anotherClassStandsOnceAndTheLineIsTold() {
    int lines = (int) text.toString().lines().count();
    refused(
        "also:\n  - " + CLANG_TOO + "\n  - " + CLANG_TOO + "\n",
        "line %d: also[1].toolchain: expected each toolchain once, found 'clang-14'"
            .formatted(lines + 3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"also: [%s]\n", "rules:\n  - {packages: ['*'], also: [%s]}\n"})
  void anotherClassIsAskedOfOperatorsThatThereAre(String more) throws Exception {
    String asked = "{toolchain: clang-14, quorum: {any: [beta, gamma]}}";
    UpdatePolicy policy =
        text.replacing("quorum: {threshold: 3", "quorum: {all: [alpha, beta]")
            .with(more.formatted(asked))
            .read();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> withoutGamma(policy))
        .withMessageContaining("[alpha, beta], in every quorum, found [beta, gamma]");
  }

  private static UpdatePolicy withoutGamma(UpdatePolicy like) {
    return new UpdatePolicy(
        like.name(),
        like.serial(),
        like.expires(),
        like.maintainers(),
        like.mode(),
        like.logs(),
        like.witnesses(),
        like.rebuilders().subList(0, 2),
        like.source(),
        like.demands(),
        like.rules(),
        like.exemptions(),
        like.reviewers(),
        like.silent(),
        like.freshness(),
        like.protect());
  }
}
