package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.header;
import static org.whonix2.server.Answers.json;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.ProofVerification;
import org.whonix2.core.log.TlogProof;
import org.whonix2.core.log.TreeHash;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Rebuild;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.Statement;
import org.whonix2.server.Attestations;
import org.whonix2.server.TestLog;

class SubmitAttestationTest {
  private static final SecretKey STRANGER = Attestations.rebuilder("stranger");

  @TempDir static Path folder;
  private static TestLog log;

  /** So that no test submits what another has submitted. */
  private static final AtomicLong SEQUENCE = new AtomicLong();

  private long before;

  @BeforeAll
  static void start() throws Exception {
    log = new TestLog(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    log.close();
  }

  @BeforeEach
  void look() {
    before = size();
  }

  private static byte[] fresh() {
    return Attestations.signed(log.rebuilder(), SEQUENCE.incrementAndGet());
  }

  private static void assertProven(HttpResponse<byte[]> answer, byte[] envelope)
      throws MalformedInputException {
    TlogProof proof =
        TlogProof.parse(json(answer).path("proof").asText().getBytes(StandardCharsets.UTF_8));
    assertThat(proof.index()).isEqualTo(json(answer).path("index").asLong());
    ProofVerification verification =
        proof.verify(TreeHash.leaf(envelope), log.trusted(), log.quorum(2), Instant.now());
    assertThat(verification).isInstanceOf(ProofVerification.Verified.class);
  }

  private static long size() {
    return json(log.get("/health")).path("size").asLong();
  }

  @Test
  void anAttestationIsLoggedAndProvenUnderAWitnessedCheckpoint() throws Exception {
    for (long index = before; index < before + 3; index++) {
      byte[] envelope = fresh();
      HttpResponse<byte[]> answer = log.submit(envelope);
      assertThat(answer.statusCode()).isEqualTo(201);
      assertThat(header(answer, "Location")).isEqualTo("/api/v1/attestations/" + index);
      assertThat(json(answer).path("index").asLong()).isEqualTo(index);
      assertProven(answer, envelope);
    }
  }

  @Test
  void theSameBytesAgainGiveTheSameIndexAndAFreshProof() throws Exception {
    byte[] envelope = fresh();
    log.submit(envelope);
    log.submit(fresh());
    HttpResponse<byte[]> again = log.submit(envelope);
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(json(again).path("index").asLong()).isEqualTo(before);
    assertProven(again, envelope);
    assertThat(size()).isEqualTo(before + 2);
  }

  @Test
  void otherSpacesAndOtherKeyIdLettersAreNotAnotherEntry() {
    byte[] logged = fresh();
    log.submit(logged);
    String envelope = new String(logged, StandardCharsets.UTF_8);
    String spaced = envelope.replace(",", " ,\n");
    assertThat(log.submit(spaced.getBytes(StandardCharsets.UTF_8)).statusCode()).isEqualTo(200);
    String hex = log.rebuilder().certificate().fingerprint().hex();
    String shouted = envelope.replace(hex, hex.toUpperCase(Locale.ROOT));
    assertProblem(log.submit(shouted.getBytes(StandardCharsets.UTF_8)), 400, "keyid");
    assertThat(size()).isEqualTo(before + 1);
  }

  /** The unhashed area of a signature is signed by nobody, so anybody can fill it. */
  @Test
  void otherUnsignedPartsOfTheSignatureAreNotAnotherEntry() throws Exception {
    byte[] logged = fresh();
    long index = json(log.submit(logged)).path("index").asLong();

    HttpResponse<byte[]> answer = log.submit(Attestations.inOtherBytes(logged));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(json(answer).path("index").asLong()).isEqualTo(index);
    assertThat(size()).isEqualTo(before + 1);
  }

  @Test
  void manyAtOnceGetDifferentPlacesAndProofsThatHold() throws Exception {
    int count = 48;
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      List<byte[]> envelopes = new ArrayList<>();
      List<Callable<HttpResponse<byte[]>>> submissions = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        // Every envelope twice: equal bytes become one entry.
        byte[] envelope = i % 2 == 0 ? fresh() : envelopes.get(i - 1);
        envelopes.add(envelope);
        submissions.add(() -> log.submit(envelope));
      }
      Set<Long> places = new HashSet<>();
      int created = 0;
      List<Future<HttpResponse<byte[]>>> answers = threads.invokeAll(submissions);
      for (int i = 0; i < count; i++) {
        HttpResponse<byte[]> answer = answers.get(i).get();
        assertThat(answer.statusCode()).isIn(200, 201);
        created += answer.statusCode() == 201 ? 1 : 0;
        places.add(json(answer).path("index").asLong());
        assertProven(answer, envelopes.get(i));
      }
      assertThat(created).isEqualTo(count / 2);
      assertThat(places).hasSize(count / 2);
      assertThat(size()).isEqualTo(before + count / 2);
    } finally {
      threads.shutdownNow();
    }
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of("", "JSON"),
        Arguments.of("{", "JSON"),
        Arguments.of("[]", "object"),
        Arguments.of("{\"payload\":\"\"}", "payloadType"),
        Arguments.of("{\"payload\":\"*\",\"payloadType\":\"x\",\"signatures\":[]}", "payload"),
        Arguments.of("{\"payload\":\"\",\"payloadType\":\"x\",\"signatures\":[]}", "signatures"),
        Arguments.of("{\"payload\":\"\",\"payload\":\"\"}", "payload"),
        Arguments.of("\u0000", "JSON"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void whatIsNoEnvelopeIsNamedAndNotLogged(String body, String named) {
    assertProblem(log.submit(body.getBytes(StandardCharsets.UTF_8)), 400, named);
    assertThat(size()).isEqualTo(before);
  }

  @Test
  void aGoodSignatureOverNoStatementIsNotLogged() {
    byte[] payload =
        "{\"_type\":\"https://in-toto.io/Statement/v2\"}".getBytes(StandardCharsets.UTF_8);
    byte[] envelope = Attestations.envelope(Statement.PAYLOAD_TYPE, payload, log.rebuilder());
    assertProblem(log.submit(envelope), 400, "_type");
    byte[] other = Attestations.envelope("text/plain", payload, log.rebuilder());
    assertProblem(log.submit(other), 400, "payload type");
    assertThat(size()).isEqualTo(before);
  }

  @Test
  void aFailedBuildIsLoggedAndProvenAsAnAttestationIs() throws Exception {
    byte[] failure = Attestations.failed(log.rebuilder(), SEQUENCE.incrementAndGet());
    HttpResponse<byte[]> answer = log.submit(failure);
    assertThat(answer.statusCode()).isEqualTo(201);
    assertProven(answer, failure);
    assertThat(log.get("/api/v1/attestations/" + before).body()).isEqualTo(failure);
    HttpResponse<byte[]> again = log.submit(failure);
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(json(again).path("index").asLong()).isEqualTo(before);
    assertThat(size()).isEqualTo(before + 1);
  }

  @Test
  void aFailureIsHeldToTheRosterTheSignatureAndTheShape() {
    assertProblem(
        log.submit(Attestations.failed(STRANGER, 1)),
        403,
        STRANGER.certificate().fingerprint().hex());
    assertProblem(
        log.submit(Attestations.failed(STRANGER, 1, log.rebuilder())), 403, "by its signer");
    String disguised =
        new String(Attestations.failed(log.rebuilder(), 1, STRANGER), StandardCharsets.UTF_8)
            .replace(
                STRANGER.certificate().fingerprint().hex(),
                log.rebuilder().certificate().fingerprint().hex());
    assertThat(log.submit(disguised.getBytes(StandardCharsets.UTF_8)).statusCode()).isEqualTo(403);
    Rebuild rebuild =
        Attestations.statement(log.rebuilder().certificate().fingerprint(), 1).rebuild();
    String failure =
        new String(new RebuildFailure(rebuild, "timeout").toJson(), StandardCharsets.UTF_8);
    for (String wrong :
        List.of(
            failure.replace("FAILED", "PASSED"),
            failure.replace("[\"timeout\"]", "[\"timeout\",\"disk-full\"]"),
            failure.replace("\"timeout\"", "\"Timed out\""),
            failure.replace("\"sequence\":1", "\"sequence\":0"))) {
      assertThat(wrong).isNotEqualTo(failure);
      byte[] envelope =
          Attestations.envelope(
              Statement.PAYLOAD_TYPE, wrong.getBytes(StandardCharsets.UTF_8), log.rebuilder());
      assertThat(log.submit(envelope).statusCode()).as(wrong).isEqualTo(400);
    }
    assertThat(size()).isEqualTo(before);
  }

  @Test
  void aKeyThatIsNotOnTheRosterIsForbidden() {
    byte[] envelope = Attestations.signed(STRANGER, 1000);
    assertProblem(log.submit(envelope), 403, STRANGER.certificate().fingerprint().hex());
    assertThat(size()).isEqualTo(before);
  }

  @Test
  void aStrangersSignatureUnderAMembersKeyIdIsForbidden() {
    String envelope =
        new String(Attestations.signed(log.rebuilder(), 1, STRANGER), StandardCharsets.UTF_8);
    String disguised =
        envelope.replace(
            STRANGER.certificate().fingerprint().hex(),
            log.rebuilder().certificate().fingerprint().hex());
    assertThat(disguised).isNotEqualTo(envelope);
    assertThat(log.submit(disguised.getBytes(StandardCharsets.UTF_8)).statusCode()).isEqualTo(403);
    assertThat(size()).isEqualTo(before);
  }

  @Test
  void aMemberCannotSpeakForAnother() {
    byte[] envelope = Attestations.signed(STRANGER, 1001, log.rebuilder());
    assertProblem(log.submit(envelope), 403, STRANGER.certificate().fingerprint().hex());
    assertThat(size()).isEqualTo(before);
  }

  @Test
  void moreThanAnEntryHoldsIsTooLarge() {
    assertProblem(log.submit(new byte[65_536]), 413, "65535");
    assertProblem(log.submit(new byte[300_000]), 413, "65535");
    assertThat(log.submit(new byte[65_535]).statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/jsonx"})
  void anotherContentTypeIsRefused(String contentType) {
    byte[] envelope = fresh();
    assertProblem(log.submit(envelope, contentType), 415, "content type");
    assertThat(size()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "application/json; charset=utf-8", TestLog.ENVELOPE})
  void theseContentTypesAreTaken(String contentType) {
    byte[] envelope = fresh();
    assertThat(log.submit(envelope, contentType).statusCode()).isEqualTo(201);
  }
}
