package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.json;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Exemption;
import org.whonix2.core.statement.PolicyRelease;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.StatementKind;
import org.whonix2.core.statement.VetoOverride;
import org.whonix2.server.Attestations;
import org.whonix2.server.TestLog;

/** Every kind of statement, by whom it may be said. */
class SubmitKindsTest {
  private static final SecretKey OTHER = Attestations.rebuilder("beta-1");
  private static final SecretKey STRANGER = Attestations.rebuilder("stranger");

  @TempDir static Path folder;
  private static TestLog log;

  @BeforeAll
  static void start() throws Exception {
    log = new TestLog(folder);
    log.admit("beta-1", OTHER);
  }

  @AfterAll
  static void stop() throws Exception {
    log.close();
  }

  /** A statement as one party signs it about another. */
  private interface Said {
    byte[] about(SecretKey whom, SecretKey signer);
  }

  private static Said anybodys(Statement statement) {
    return (whom, signer) ->
        Attestations.envelope(Statement.PAYLOAD_TYPE, statement.toJson(), signer);
  }

  /** What members say about their own work or certificate. */
  static Stream<Arguments> ofOnesOwn() {
    return Stream.of(
        Arguments.of(
            StatementKind.REBUILD_ATTESTATION,
            (Said) (whom, signer) -> Attestations.signed(whom, 101, signer)),
        Arguments.of(
            StatementKind.REBUILD_FAILURE,
            (Said) (whom, signer) -> Attestations.failed(whom, 102, signer)),
        Arguments.of(
            StatementKind.COMPILER_BOOTSTRAP,
            (Said) (whom, signer) -> Attestations.bootstrap(whom, 103, signer)),
        Arguments.of(
            StatementKind.SNAPSHOT_HEADER,
            (Said) (whom, signer) -> Attestations.snapshot(whom, 1, "bookworm", 5, signer)),
        Arguments.of(
            StatementKind.CERTIFICATE_UPDATE,
            (Said) (whom, signer) -> Attestations.update(whom.certificate(), signer)));
  }

  /** What any member may say: boxes go by whom their policy names. */
  static Stream<Arguments> ofAnybody() {
    RebuildAttestation attestation = Attestations.statement(OTHER.certificate().fingerprint(), 1);
    BinaryArtifact file = attestation.artifacts().get(0);
    return Stream.of(
        Arguments.of(
            StatementKind.POLICY_RELEASE,
            anybodys(new PolicyRelease("gateway", 7, Sha256.of(new byte[] {6}), 1234))),
        Arguments.of(
            StatementKind.EXEMPTION,
            anybodys(
                new Exemption(
                    file.digest(), file.identity(), "looked at", Attestations.KEYS_MADE))),
        Arguments.of(
            StatementKind.VETO_OVERRIDE,
            anybodys(
                new VetoOverride(
                    file.digest(),
                    OTHER.certificate().fingerprint(),
                    Sha256.of(new byte[] {7}),
                    "looked at",
                    Attestations.KEYS_MADE))));
  }

  static Stream<Arguments> all() {
    return Stream.concat(ofOnesOwn(), ofAnybody());
  }

  private static long size() {
    return json(log.get("/health")).path("size").asLong();
  }

  @Test
  void thereAreNoOtherKindsButTheOperators() {
    assertThat(all().map(arguments -> arguments.get()[0]))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(StatementKind.values())
                .filter(kind -> kind != StatementKind.ROSTER_CHANGE)
                .toList());
  }

  @ParameterizedTest
  @MethodSource("all")
  void aMemberLogsIt(StatementKind kind, Said said) {
    byte[] envelope = said.about(log.rebuilder(), log.rebuilder());
    long index = log.expectNew(envelope);
    assertThat(log.get("/api/v1/attestations/" + index).body()).isEqualTo(envelope);
    assertThat(log.submit(envelope).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource("all")
  void aStrangerDoesNot(StatementKind kind, Said said) {
    long before = size();
    assertProblem(
        log.submit(said.about(STRANGER, STRANGER)),
        403,
        "no certificate known for key id '" + STRANGER.certificate().fingerprint());
    assertThat(size()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("ofOnesOwn")
  void aMemberSaysNothingAboutAnothers(StatementKind kind, Said said) {
    long before = size();
    assertProblem(
        log.submit(said.about(OTHER, log.rebuilder())),
        403,
        "expected " + kind + " by its signer " + log.rebuilder().certificate().fingerprint());
    assertProblem(log.submit(said.about(STRANGER, log.rebuilder())), 403, "found one by");
    assertThat(size()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("all")
  void theOperatorsKeySaysNothingOfTheKind(StatementKind kind, Said said) {
    assertProblem(
        log.submit(said.about(log.operator(), log.operator())),
        403,
        "expected a roster change or a member's certificate update by the operator, found " + kind);
  }

  @ParameterizedTest
  @MethodSource("all")
  void aMemberThatSomethingIsMissingFromIsNamed(StatementKind kind, Said said) throws Exception {
    byte[] payload = Envelope.parse(said.about(OTHER, OTHER)).payload();
    String json = new String(payload, StandardCharsets.UTF_8);
    for (String wrong :
        List.of(
            json.replaceFirst("\"predicateType\":", "\"other\":1,$0"),
            json.replaceFirst("\"predicate\":\\{", "$0\"unknown\":1,"),
            json.replaceFirst("\"subject\":\\[", "$0[],"))) {
      byte[] envelope =
          Attestations.envelope(
              Statement.PAYLOAD_TYPE, wrong.getBytes(StandardCharsets.UTF_8), OTHER);
      assertProblem(log.submit(envelope), 400, "member /");
    }
  }
}
