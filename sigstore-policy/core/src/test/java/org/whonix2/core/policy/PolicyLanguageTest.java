package org.whonix2.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.RevokedByGnuPg;
import org.whonix2.core.quorum.Group;

/** The policy language beyond the quorum: groups, rules, source, silence, people, exemptions. */
class PolicyLanguageTest {
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

  private static final Instant MADE = Instant.parse("2026-11-20T00:00:00Z");

  private final PolicyText text = PolicyText.ofThree();

  private UpdatePolicy read(String more) throws Exception {
    return text.with(more).read();
  }

  private static String rule(String fields) {
    return "rules:\n  - {packages: ['*'], %s}\n".formatted(fields);
  }

  private Demands ruled(String fields) throws Exception {
    return read(rule(fields)).rules().get(0).demands();
  }

  private String source() {
    return "source: {signers: keyrings/uploaders.pgp, sha256: \"%s\", minAge: 24h}\n"
        .formatted(text.keyringDigest());
  }

  private void refused(String more, String complaint) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> read(more))
        .withMessageContaining(complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "threshold: 2 | 2 of alpha, beta, gamma",
        "threshold: 2, of: [beta, alpha] | 2 of beta, alpha",
        "all: [alpha, {any: [beta, gamma]}] | 2 of alpha, (1 of beta, gamma)",
        "any: [{all: [alpha, beta]}, gamma] | 1 of (2 of alpha, beta), gamma",
        "all: [{threshold: 1, of: [alpha, beta]}, gamma] | 2 of (1 of alpha, beta), gamma",
      })
  void aQuorumIsAThresholdOrGroups(String written, String read) throws Exception {
    Quorum quorum =
        text.replacing("quorum: {threshold: 3", "quorum: {" + written).read().demands().quorum();
    assertThat(quorum.operators()).hasToString(read);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "threshold: 4 | quorum.threshold: expected at most 3",
        "threshold: 0, of: [alpha] | quorum.threshold: expected a whole number of at least 1",
        "threshold: 2, of: [alpha] | quorum: expected a threshold from 1 to 1",
        "threshold: 1, of: [] | quorum.of: expected at least one",
        "all: [] | quorum.all: expected at least one",
        "any: [alpha, delta] | expected an operator of rebuilders",
        "any: [alpha, alpha] | found alpha twice",
        "any: [alpha, {all: [beta, alpha]}] | found alpha twice",
        "any: [alpha], all: [beta] | expected one of 'all', 'any' and 'threshold' with 'of'",
        "all: [alpha], threshold: 1 | expected one of 'all', 'any' and 'threshold' with 'of'",
        "of: [alpha] | expected a key 'quorum.threshold'",
        "any: [{name: alpha}] | quorum.any[0].name: expected the name of somebody, or a group",
        "any: [{all: [alpha], none: 1}] | unknown key 'quorum.any[0].none'",
      })
  void aDefectInAGroupIsRefused(String written, String complaint) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> text.replacing("quorum: {threshold: 3", "quorum: {" + written).read())
        .withMessageContaining(complaint);
  }

  @Test
  void witnessesCanBeGroupedToo() throws Exception {
    UpdatePolicy policy = text.withGroupedWitnesses().read();
    assertThat(policy.witnesses().operators()).hasToString("2 of delta, (1 of epsilon, zeta)");
    assertThat(policy.witnesses().witnesses()).hasSize(4);
  }

  @Test
  void oneOperatorInTwoGroupsOfWitnessesIsRefused() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(
            () -> text.withGroupedWitnesses().replacing("operator: zeta", "operator: delta").read())
        .withMessageContaining("found delta twice");
  }

  @Test
  void aRuleReplacesWhatItNamesAndNothingElse() throws Exception {
    Demands own = read("").demands();
    Demands ruled = ruled("quorum: {distinct: {jurisdiction: 3}}");
    assertThat(ruled.quorum().operators()).isEqualTo(own.quorum().operators());
    assertThat(ruled.quorum().distinct())
        .isEqualTo(Map.of(Dimension.JURISDICTION, 3, Dimension.CPU_VENDOR, 1));
    assertThat(ruled.vetoOperators()).isEqualTo(own.vetoOperators());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "quorum: {threshold: 2}",
        "quorum: {any: [alpha, beta, gamma]}",
        "quorum: {all: [alpha, beta]}",
        "quorum: {distinct: {jurisdiction: 1}}",
        "veto: {operators: 2}",
        "source: {minAge: 1h}",
      })
  void aRuleThatWeakensMustSaySo(String weaker) throws Exception {
    refused(source() + rule(weaker), "rule 1 asks for less than the policy does elsewhere");
    UpdatePolicy relaxed =
        read(
            source() + rule(weaker + ", relax: true, until: 2027-01-01T00:00:00Z, reason: a test"));
    assertThat(relaxed.rules().get(0).relaxation())
        .contains(new PolicyRule.Relaxation(Instant.parse("2027-01-01T00:00:00Z"), "a test"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "quorum: {threshold: 3, distinct: {jurisdiction: 3, cpuVendor: 1}}",
        "quorum: {all: [alpha, beta, gamma]}",
        "quorum: {distinct: {compilerRoot: 2}}",
        "veto: {operators: 1}",
        "source: {minAge: 24h}",
      })
  void aRuleThatAsksForAsMuchNeedsNoLeave(String rule) throws Exception {
    assertThat(read(rule(rule)).rules()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | expected a 'quorum', 'veto', 'source' or 'also'",
        "toolchain: tcc-ddc | expected a 'quorum', 'veto', 'source' or 'also'",
        "veto: {operators: 1}, suite: bookworm | unknown key 'rules[0].suite'",
        "veto: {operators: 1}, relax: true | expected a key 'rules[0].until'",
        "veto: {operators: 1}, until: 2027-01-01T00:00:00Z | expected a key 'rules[0].relax'",
        "veto: {operators: 1}, reason: none | expected a key 'rules[0].relax'",
        "veto: {operators: 1}, relax: false, until: 2027-01-01T00:00:00Z, reason: r | rules[0].relax",
        "veto: {operators: 1}, suites: [Bookworm] | expected a suite",
        "veto: {operators: 1}, toolchain: 'gcc 12' | expected a toolchain",
      })
  void aDefectInARuleIsRefused(String rule, String complaint) {
    refused(rule(rule).replace(", }", "}"), complaint);
  }

  @Test
  void aRuleNeedsPackages() {
    refused("rules: [{veto: {operators: 1}}]\n", "expected a key 'rules[0].packages'");
    refused("rules: [{packages: [], veto: {operators: 1}}]\n", "at least one pattern");
    refused("rules: [{packages: ['A*'], veto: {operators: 1}}]\n", "expected a package name in");
  }

  @ParameterizedTest
  @CsvSource({
    "linux-image-*, linux-image-amd64, true",
    "linux-image-*, linux-image-, true",
    "linux-image-*, linux-headers-amd64, false",
    "*, anything, true",
    "net-tools, net-tools, true",
    "net-tools, net-tools-udeb, false",
    "*-dev, libc6-dev, true",
    "*-dev, libc6-dev-bin, false",
    "lib*-dev, libc6-dev, true",
    "lib*-dev, lib-dev, true",
    "lib*b-dev, lib-dev, false",
    "a*b*c, abc, true",
    "a*b*c, axxbyyc, true",
    "a*b*c, acb, false",
    "a*b*c, adc, false",
    "a*b*b, ab, false",
  })
  void aStarStandsForAnyCharacters(String pattern, String name, boolean matches) throws Exception {
    PackagePattern read = PackagePattern.parse(pattern);
    assertThat(read).hasToString(pattern);
    assertThat(read.matches(new PackageName(name))).isEqualTo(matches);
  }

  @Test
  void theTermsSayWhichRuleItIs() throws Exception {
    UpdatePolicy policy =
        read(
            """
            rules:
              - {packages: [zsh], suites: [bookworm-security], veto: {operators: 1}}
              - {packages: [zsh], toolchain: tcc-ddc, veto: {operators: 1}}
              - {packages: [zsh], veto: {operators: 2}, relax: true,
                 until: 2026-12-01T00:00:00Z, reason: r}
            """);
    PackageName zsh = new PackageName("zsh");
    assertThat(policy.terms(zsh, "bookworm-security", "tcc-ddc", NOW)).hasToString("[rule 1]");
    assertThat(policy.terms(zsh, "bookworm", "tcc-ddc", NOW)).hasToString("[rule 2]");
    // A relaxation is an offer beside what holds without it.
    assertThat(policy.terms(zsh, "bookworm", "gcc-12", NOW))
        .hasToString("[rule 3, the policy's quorum]");
    Instant end = Instant.parse("2026-12-01T00:00:00Z");
    assertThat(policy.terms(zsh, "bookworm", "gcc-12", NOW).get(0).until()).contains(end);
    assertThat(policy.terms(zsh, "bookworm", "gcc-12", end)).hasToString("[the policy's quorum]");
    assertThat(policy.terms(new PackageName("bash"), "bookworm", "gcc-12", NOW))
        .hasToString("[the policy's quorum]");
  }

  @Test
  void withManyOperatorsAHigherThresholdIsStillNotWeaker() {
    List<String> many = IntStream.range(0, 40).mapToObj(i -> "o" + i).toList();
    Quorum five = new Quorum(Group.of(5, many), Map.of());
    Quorum ten = new Quorum(Group.of(10, many), Map.of());
    assertThat(ten.isWeakerThan(five)).isFalse();
    assertThat(five.isWeakerThan(ten)).isTrue();
    Quorum tenOfOthers = new Quorum(Group.of(10, many.subList(30, 40)), Map.of());
    assertThat(tenOfOthers.isWeakerThan(new Quorum(Group.of(1, many.subList(0, 30)), Map.of())))
        .isTrue();
    assertThat(tenOfOthers.isWeakerThan(five)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "metadata: {",
        "witnesses: {",
        "quorum: {",
        "distinct: {",
        "veto: {",
        "freshness: {",
        "platform: {",
        "source: {",
        "silent: {",
        "- {packages",
        "- {sha256",
      })
  void aKeyThatNobodyKnowsIsRefusedWhereverItStands(String mapping) throws Exception {
    PolicyText whole =
        text.with(source())
            .with("silent: {atMost: 1}\n")
            .with(rule("veto: {operators: 1}"))
            .with(exemption());
    assertThat(whole.read().exemptions()).hasSize(1);
    String odd = mapping.replace("{", "{odd: 1, ");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> whole.replacing(mapping, odd).read())
        .withMessageContaining("unknown key")
        .withMessageContaining("odd");
  }

  @Test
  void aKeyThatNobodyKnowsIsRefusedAmongPeopleAndInARule() {
    refused(text.people("reviewers").replace("threshold: 2", "threshold: 2\n  odd: 1"), "odd");
    refused(rule("quorum: {odd: 1, distinct: {cpuVendor: 1}}"), "rules[0].quorum.odd");
    refused(rule("source: {odd: 1, minAge: 1h}"), "rules[0].source.odd");
  }

  @Test
  void oneLogStandsOnce() throws Exception {
    String log = PolicyText.log("log.example.org", "log.example.org");
    String another = PolicyText.log("log2.example.org", "log2.example.org");
    assertThat(text.replacing(log, log + ", " + another).read().logs()).hasSize(2);
    for (String twice :
        List.of(
            log,
            PolicyText.log("log2.example.org", "log.example.org"),
            PolicyText.log("log.example.org", "log2.example.org"))) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> text.replacing(log, log + ", " + twice).read())
          .withMessageContaining("stands there twice");
    }
  }

  @Test
  void aLogHasSixteenAddressesAndNoMore() throws Exception {
    String url = "\"http://127.0.0.1:8080\"";
    String sixteen = String.join(", ", Collections.nCopies(16, url));
    assertThat(text.replacing(url, sixteen).read().logs().get(0).urls()).hasSize(16);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> text.replacing(url, sixteen + ", " + url).read())
        .withMessageContaining("logs[0].urls: expected 1 to 16 addresses");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "any: [{all: [alpha, beta]}, gamma] | true",
        "any: [{all: [alpha, beta, gamma]}] | false",
        "all: [alpha, {all: [beta, gamma]}] | false",
        "all: [alpha, {any: [beta, gamma]}] | true",
      })
  void nestedGroupsAreComparedSetBySet(String group, boolean weaker) throws Exception {
    String rule = rule("quorum: {" + group + "}");
    if (weaker) {
      refused(rule, "asks for less");
    } else {
      assertThat(read(rule).rules()).hasSize(1);
    }
  }

  @Test
  void oneKeyWithTwoCertificatesIsRefused() throws Exception {
    UpdatePolicy policy = read(text.people("maintainers") + text.people("reviewers"));
    var person = policy.reviewers().people().get(0).certificate();
    assertThat(policy.certificate(person.fingerprint())).contains(person);
    var rebuilder = policy.rebuilders().get(2).certificate();
    assertThat(policy.certificate(rebuilder.fingerprint())).contains(rebuilder);
    assertThat(policy.certificate(PolicyText.fingerprint("stranger"))).isEmpty();
    assertThat(policy.reviewers().withKey(person.fingerprint()))
        .map(Signatories.Signatory::name)
        .contains("m0");
    String other =
        text.people("reviewers")
            .replace("keys/m0", "keys/r0")
            .replace(
                PolicyText.fingerprint("m0").toString(), PolicyText.fingerprint("r0").toString());
    assertThat(read(other).reviewers().people()).hasSize(3);
    PolicyText.replace("keys/later.asc", RevokedByGnuPg.superseded(PolicyText.key("r0"), MADE));
    String later = other.replace("keys/r0", "keys/later");
    refused(later, "expected one certificate of");
    refused(later.replace("reviewers:", "maintainers:"), "expected one certificate of");
  }

  @ParameterizedTest
  @ValueSource(strings = {"maintainers", "reviewers"})
  void aCertificateIsFoundWhicheverPartItsOwnerHas(String part) throws Exception {
    assertThat(read(text.people(part)).certificate(PolicyText.fingerprint("m1")))
        .contains(PolicyText.key("m1").certificate());
  }

  @Test
  void aPolicyThatIsNotReadIsHeldToTheSame() throws Exception {
    UpdatePolicy policy = read("");
    List<Rebuilder> all = policy.rebuilders();
    assertThat(made(policy, all, OptionalInt.of(2))).isEqualTo(read("silent: {atMost: 2}\n"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> made(policy, all, OptionalInt.of(3)))
        .withMessageContaining("fewer silent rebuilders than all 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> made(policy, all.subList(0, 2), OptionalInt.empty()))
        .withMessageContaining("expected operators of rebuilders, [alpha, beta], in every quorum");
  }

  private static UpdatePolicy made(
      UpdatePolicy like, List<Rebuilder> rebuilders, OptionalInt silent) {
    return new UpdatePolicy(
        like.name(),
        like.serial(),
        like.expires(),
        like.maintainers(),
        like.mode(),
        like.logs(),
        like.witnesses(),
        rebuilders,
        like.source(),
        like.demands(),
        like.rules(),
        like.exemptions(),
        like.reviewers(),
        silent,
        like.freshness(),
        like.protect());
  }

  @Test
  void theFewestOperatorsAreThoseOfTheRulesThatConcernAPackage() throws Exception {
    UpdatePolicy policy =
        read(
            """
            rules:
              - {packages: [zsh], quorum: {threshold: 1}, relax: true,
                 until: 2026-12-01T00:00:00Z, reason: r}
            """);
    Instant end = Instant.parse("2026-12-01T00:00:00Z");
    assertThat(policy.fewestOperators(new PackageName("zsh"), NOW)).isEqualTo(1);
    assertThat(policy.fewestOperators(new PackageName("zsh"), end)).isEqualTo(3);
    assertThat(policy.fewestOperators(new PackageName("bash"), NOW)).isEqualTo(3);
  }

  @Test
  void askingOthersIsWeakerWhereTheVotesMustDiffer() {
    Map<Dimension, Integer> two = Map.of(Dimension.JURISDICTION, 2);
    Quorum own = new Quorum(Group.of(2, List.of("alpha", "beta", "delta")), two);
    Quorum rule = new Quorum(Group.of(3, List.of("alpha", "beta", "gamma")), two);
    assertThat(rule.isWeakerThan(own)).isTrue();
    assertThat(new Quorum(Group.of(2, List.of("alpha", "beta")), two).isWeakerThan(own)).isFalse();
    Map<Dimension, Integer> one = Map.of(Dimension.JURISDICTION, 1);
    Quorum undemanding = new Quorum(own.operators(), one);
    assertThat(new Quorum(rule.operators(), one).isWeakerThan(undemanding)).isFalse();
  }

  @Test
  void nestedGroupsOfMoreThanSixteenAreTakenForWeaker() {
    assertThat(everyone(16).isWeakerThan(oneOf(16))).isFalse();
    assertThat(everyone(17).isWeakerThan(oneOf(17))).isTrue();
  }

  /** Everybody of so many, in two groups. */
  private static Quorum everyone(int operators) {
    List<String> names = IntStream.range(0, operators).mapToObj(i -> "o" + i).toList();
    Group rest = Group.of(operators - 1, names.subList(1, operators));
    Group all = new Group.Threshold(2, List.of(new Group.Member(names.get(0)), rest));
    return new Quorum(all, Map.of());
  }

  private static Quorum oneOf(int operators) {
    List<String> names = IntStream.range(0, operators).mapToObj(i -> "o" + i).toList();
    return new Quorum(Group.of(1, names), Map.of());
  }

  @Test
  void votesDifferInAtLeastOneValue() {
    Group two = Group.of(2, List.of("alpha", "beta"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Quorum(two, Map.of(Dimension.KERNEL, 0)))
        .withMessage("expected at least 1 for distinct kernel, found 0");
  }

  @Test
  void reservedWordsAreRefusedWhereTheyWouldStand() {
    refused("format: rebuilderd\n", "not built yet");
    for (String[] place :
        new String[][] {
          {"operator: beta,", "operator: beta, format: rebuilderd,"},
          {"operator: beta,", "operator: beta, identity: {},"},
          {"origin: log.example.org,", "origin: log.example.org, transport: tor,"}
        }) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> text.replacing(place[0], place[1]).read())
          .withMessageContaining("not built yet");
    }
  }

  @Test
  void theSourceKeyringIsPinnedByItsHash() throws Exception {
    UpdatePolicy policy = read(source());
    assertThat(policy.demands().minAge()).isEqualTo(Duration.ofHours(24));
    assertThat(policy.source()).isPresent();
    assertThat(policy.source().get().keyring().size()).isEqualTo(1);
    refused(
        source().replace(text.keyringDigest().toString(), Sha256.of(new byte[0]).toString()),
        "keyring keyrings/uploaders.pgp: expected SHA-256");
    refused(source().replace("keyrings/", "../"), "'..'");
    refused("source: {minAge: 24h}\n", "expected a key 'source.signers'");
  }

  @Test
  void silenceIsBounded() throws Exception {
    assertThat(read("").silent()).isEmpty();
    assertThat(read("silent: {atMost: 0}\n").silent()).hasValue(0);
    assertThat(read("silent: {atMost: 2}\n").silent()).hasValue(2);
    refused("silent: {atMost: 3}\n", "fewer than all 3 rebuilders");
    refused("silent: {}\n", "expected a key 'silent.atMost'");
  }

  @Test
  void maintainersAndReviewersArePinnedByFingerprint() throws Exception {
    UpdatePolicy policy = read(text.people("maintainers") + text.people("reviewers"));
    assertThat(policy.maintainers().group()).get().hasToString("2 of m0, m1, m2");
    assertThat(policy.reviewers().people()).hasSize(3);
    var signers =
        policy.maintainers().people().stream().map(p -> p.certificate().fingerprint()).toList();
    assertThat(policy.maintainers().areMetBy(signers.subList(0, 1))).isFalse();
    assertThat(policy.maintainers().areMetBy(signers.subList(1, 3))).isTrue();
    assertThat(policy.maintainers().missing(signers.subList(0, 1))).isEqualTo("1 of m1, m2");
    assertThat(Signatories.NONE.areMetBy(signers)).isFalse();
    refused(text.people("reviewers").replace("name: m1", "name: m0"), "m0 stands there twice");
    refused(text.people("maintainers").replace("keys/m1", "keys/m0"), "expected the fingerprint");
  }

  private static String exemption() {
    return """
        exemptions:
          - {sha256: "%s", name: zsh, version: '1:5.9', architecture: amd64,
             reason: not reproducible, until: 2026-12-31T00:00:00Z}
        """
        .formatted(Sha256.of(new byte[0]));
  }

  @Test
  void anExemptionIsByHashAndEnds() throws Exception {
    String exemption = exemption();
    HashExemption read = read(exemption).exemptions().get(0);
    assertThat(read.artifact()).isEqualTo(Sha256.of(new byte[0]));
    assertThat(read.identity()).hasToString("zsh 1:5.9 amd64");
    assertThat(read.until()).isEqualTo(Instant.parse("2026-12-31T00:00:00Z"));
    refused(
        exemption + exemption.substring(exemption.indexOf('\n') + 1),
        read.artifact() + " stands there twice");
    for (String key : new String[] {"sha256", "reason", "until"}) {
      refused(exemption.replace(key + ":", key + "x:"), key);
    }
  }
}
