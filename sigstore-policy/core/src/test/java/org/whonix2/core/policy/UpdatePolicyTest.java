package org.whonix2.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.quorum.Group;

class UpdatePolicyTest {
  private final Map<String, byte[]> files = new HashMap<>();
  private final String policy;

  UpdatePolicyTest() throws Exception {
    SecureRandom random = new SecureRandom();
    Instant now = Instant.parse("2026-11-22T00:00:00Z");
    String[] fingerprints = new String[2];
    for (int i = 0; i < 2; i++) {
      var certificate = SecretKey.generate("r" + i, now, Duration.ofDays(365)).certificate();
      fingerprints[i] = certificate.fingerprint().toString();
      files.put("keys/r" + i + ".asc", certificate.toArmored().getBytes(StandardCharsets.US_ASCII));
    }
    policy =
        """
        apiVersion: policy.whonix2.org/v1
        kind: UpdatePolicy
        metadata: {name: gateway, serial: 7, expires: 2027-06-01T00:00:00Z}
        mode: enforce
        logs: [{origin: log.example.org, key: "%s", urls: ["http://127.0.0.1:8080"]}]
        witnesses:
          threshold: 2
          of:
            - {name: w1, operator: delta, key: "%s"}
            - {name: w2, operator: epsilon, key: "%s"}
        rebuilders:
          - {name: r0, operator: alpha, jurisdiction: DE, fingerprint: "%s", certificate: keys/r0.asc,
             tool: whonix2-rebuilder, platform: {architecture: amd64, cpuVendor: AMD, kernel: linux},
             compilerRoots: [gcc]}
          - {name: r1, operator: beta, jurisdiction: FR, fingerprint: "%s", certificate: keys/r1.asc,
             tool: whonix2-rebuilder, platform: {architecture: amd64, cpuVendor: AMD, kernel: linux},
             compilerRoots: [gcc, clang]}
        quorum: {threshold: 2, distinct: {jurisdiction: 2, compilerRoot: 1}}
        veto: {operators: 1}
        freshness: {maxAge: 7d}
        """
            .formatted(
                SigningKey.generate("log.example.org", SignatureType.ED25519, random).verifierKey(),
                SigningKey.generate("w1", SignatureType.COSIGNATURE, random).verifierKey(),
                SigningKey.generate("w2", SignatureType.COSIGNATURE, random).verifierKey(),
                fingerprints[0],
                fingerprints[1]);
  }

  private UpdatePolicy parse(String yaml) throws MalformedInputException, IOException {
    return UpdatePolicy.parse(
        yaml.getBytes(StandardCharsets.UTF_8),
        (path, most) -> {
          byte[] file = files.get(path);
          if (file == null) {
            throw new NoSuchFileException(path);
          }
          return file;
        });
  }

  @Test
  void readsAWholePolicy() throws Exception {
    UpdatePolicy read = parse(policy);
    assertThat(read.name()).isEqualTo("gateway");
    assertThat(read.serial()).isEqualTo(7);
    assertThat(read.expires()).isEqualTo(Instant.parse("2027-06-01T00:00:00Z"));
    assertThat(read.rebuilders()).extracting(Rebuilder::operator).containsExactly("alpha", "beta");
    assertThat(read.rebuilders().get(1).compilerRoots()).containsExactlyInAnyOrder("gcc", "clang");
    assertThat(read.witnesses().operators()).hasToString("2 of delta, epsilon");
    assertThat(read.demands().quorum())
        .isEqualTo(
            new Quorum(
                Group.of(2, List.of("alpha", "beta")),
                Map.of(Dimension.JURISDICTION, 2, Dimension.COMPILER_ROOT, 1)));
    assertThat(read.freshness()).isEqualTo(Duration.ofDays(7));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "policy.whonix2.org/v1 | policy.whonix2.org/v2 | line 1: apiVersion",
        "kind: UpdatePolicy | kind: Policy | line 2: kind",
        "serial: 7 | serial: 0 | line 3: metadata.serial",
        "2027-06-01T00:00:00Z | tomorrow | line 3: metadata.expires",
        "2027-06-01T00:00:00Z | 2027-06-01T00:00:00+02:00 | line 3: metadata.expires",
        "2027-06-01T00:00:00Z | +1000000-06-01T00:00:00Z | line 3: metadata.expires",
        "2027-06-01T00:00:00Z | 2027-13-01T00:00:00Z | line 3: metadata.expires",
        "mode: enforce | mode: watch | line 4: mode",
        "mode: enforce | mode: Observe | line 4: mode",
        "mode: enforce | mod: enforce | expected a key 'mode'",
        "threshold: 2, distinct | threshold: 0, distinct | quorum.threshold: expected a whole number of at least 1",
        "threshold: 2, distinct | distinct | expected a key 'quorum.threshold'",
        "jurisdiction: 2, compilerRoot: 1 | jurisdiction: 0 | quorum.distinct.jurisdiction",
        "jurisdiction: 2, compilerRoot: 1 | hostName: 2 | unknown key 'quorum.distinct.hostName'",
        "veto: {operators: 1} | veto: {operators: 0} | veto.operators",
        "veto: {operators: 1} | veto: {} | expected a key 'veto.operators'",
        "maxAge: 7d | maxAge: 7 | freshness.maxAge: expected a duration",
        "maxAge: 7d | maxAge: 0d | freshness.maxAge: expected a duration",
        "name: w2, operator: epsilon | name: w2, operator: delta | witnesses: expected a threshold from 1 to 1",
        "name: w2, | name: w1, | witness w1 is listed twice",
        "name: r1, | name: r0, | r0 stands there twice",
        "keys/r1.asc | keys/r0.asc | expected the fingerprint",
        "keys/r1.asc | ../r1.asc | without '..'",
        "keys/r1.asc | /etc/r1.asc | without '..'",
        "http://127.0.0.1:8080 | ftp://127.0.0.1 | expected an http or https address",
        "http://127.0.0.1:8080 | http://me@127.0.0.1 | expected an http or https address",
        "http://127.0.0.1:8080 | file:///etc | expected an http or https address",
        "compilerRoots: [gcc]} | compilerRoots: []} | at least one compiler root",
        "log.example.org+ | log.example.com+ | line 5: logs[0].key",
      })
  void refusesADefectAndSaysWhere(String from, String to, String complaint) {
    assertThat(policy).contains(from);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(policy.replace(from, to)))
        .withMessageContaining(complaint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"format", "identity", "transport"})
  void wordsThatAreNotActedOnAreRefusedNotIgnored(String word) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(policy + word + ": {}\n"))
        .withMessageContaining("not built yet");
  }

  @Test
  void aWitnessesKeyIsNoLogKey() {
    String witness =
        policy.replaceAll("(?s).*name: w1, operator: delta, key: \"([^\"]+)\".*", "$1");
    String log = policy.replaceAll("(?s).*origin: log.example.org, key: \"([^\"]+)\".*", "$1");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(policy.replace(log, witness)))
        .withMessageContaining("line 5: logs[0]: expected keys of type 1");
  }

  @Test
  void theModeIsReadAndMustStandThere() throws Exception {
    assertThat(parse(policy).mode()).isEqualTo(Mode.ENFORCE);
    assertThat(parse(policy.replace("mode: enforce", "mode: observe")).mode())
        .isEqualTo(Mode.OBSERVE)
        .hasToString("observe");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(policy.replace("mode: enforce\n", "")))
        .withMessageContaining("expected a key 'mode'");
  }

  @Test
  void theGatesOwnPackageIsAlwaysProtected() throws Exception {
    assertThat(parse(policy).protect())
        .extracting(PackageName::value)
        .containsExactly("whonix2-update");
    assertThat(parse(policy + "protect: [zsh, openjdk-17-jre-headless]\n").protect())
        .extracting(PackageName::value)
        .containsExactly("openjdk-17-jre-headless", "whonix2-update", "zsh");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "openjdk | expected a list",
        "[Java] | protect: expected a package name",
        "['*'] | protect: expected a package name",
        "[jre, jre] | jre stands there twice",
      })
  void whatIsProtectedIsAListOfPackageNames(String protect, String complaint) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(policy + "protect: " + protect + "\n"))
        .withMessageContaining(complaint);
  }

  @Test
  void noRebuildersOrNoLogsIsNoPolicy() {
    String none = policy.replaceAll("(?s)rebuilders:.*quorum:", "rebuilders: []\nquorum:");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(none))
        .withMessageContaining("at least one rebuilder");
    String unlogged = policy.replaceAll("logs: .*\n", "logs: []\n");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(unlogged))
        .withMessageContaining("at least one log");
  }

  @Test
  void oneKeyForTwoRebuildersIsRefused() throws Exception {
    String fingerprint = parse(policy).rebuilders().get(0).certificate().fingerprint().toString();
    String other = parse(policy).rebuilders().get(1).certificate().fingerprint().toString();
    String twice = policy.replace(other, fingerprint).replace("keys/r1.asc", "keys/r0.asc");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(twice))
        .withMessageContaining("stands there twice");
  }

  @Test
  void aMissingCertificateIsAFailureToReadNotAnEmptyRoster() {
    files.remove("keys/r1.asc");
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> parse(policy));
  }

  @Test
  void everyTruncationIsRefused() {
    for (int length = 0; length < policy.length() - 1; length += 7) {
      String cut = policy.substring(0, length);
      assertThatExceptionOfType(MalformedInputException.class).isThrownBy(() -> parse(cut));
    }
  }
}
