package org.whonix2.server.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.header;
import static org.whonix2.server.Answers.text;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.AddCheckpoint;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.ConsistencyProof;
import org.whonix2.core.log.Cosignature;
import org.whonix2.core.log.HashReader;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TreeHash;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.server.TestLog;
import org.whonix2.server.web.ListenAddress;

/** The protocol of C2SP tlog-witness, status by status, and what is kept. */
class WitnessServerTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final SigningKey LOG = TestLog.key("log.example.org", SignatureType.ED25519);
  private static final SigningKey OTHER = TestLog.key("other.example.org", SignatureType.ED25519);
  private static final SigningKey WITNESS =
      TestLog.key("w1.example.org", SignatureType.COSIGNATURE);

  @TempDir Path folder;
  private WitnessServer witness;

  @BeforeEach
  void start() throws Exception {
    witness = open();
  }

  @AfterEach
  void stop() throws Exception {
    witness.close();
  }

  private WitnessServer open() throws IOException {
    return WitnessServer.start(
        new ListenAddress("127.0.0.1", 0),
        folder,
        WITNESS,
        List.of(TrustedLog.of(LOG.verifierKey())),
        Clock.fixed(NOW, ZoneOffset.UTC));
  }

  /** A log's tree, whose entries are the numbers behind a word; another word, another history. */
  private record Tree(String word) implements HashReader {
    @Override
    public Sha256 hash(int level, long index) throws IOException {
      return level == 0
          ? TreeHash.leaf((word + index).getBytes(StandardCharsets.UTF_8))
          : TreeHash.node(hash(level - 1, 2 * index), hash(level - 1, 2 * index + 1));
    }

    Checkpoint checkpoint(String origin, long size) throws IOException {
      return new Checkpoint(origin, size, HashReader.root(this, size));
    }

    byte[] request(long old, long size) throws Exception {
      return AddCheckpoint.of(
              old,
              ConsistencyProof.prove(this, old, size),
              checkpoint("log.example.org", size).sign(LOG))
          .toBytes();
    }
  }

  private static final Tree TREE = new Tree("entry ");
  private static final Tree FORK = new Tree("forged ");

  private HttpResponse<byte[]> add(byte[] body) {
    return TestLog.send(
        HttpRequest.newBuilder(URI.create(witness.address() + "/add-checkpoint"))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  private HttpResponse<byte[]> kept(String origin) {
    Sha256 name = Sha256.of(origin.getBytes(StandardCharsets.UTF_8));
    return TestLog.send(
        HttpRequest.newBuilder(URI.create(witness.address() + "/" + name + "/checkpoint")));
  }

  private static void assertCosigned(HttpResponse<byte[]> answer, long size) throws Exception {
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    assertThat(
            AddCheckpoint.parseCosignature(
                answer.body(), WITNESS.verifierKey(), TREE.checkpoint("log.example.org", size)))
        .map(Cosignature::time)
        .contains(NOW);
  }

  private static void assertConflict(HttpResponse<byte[]> answer, long size) {
    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(header(answer, "Content-Type")).isEqualTo("text/x.tlog.size");
    assertThat(text(answer)).isEqualTo(size + "\n");
  }

  @Test
  void cosignsWhatExtendsWhatItCosigned() throws Exception {
    assertCosigned(add(TREE.request(0, 0)), 0);
    assertCosigned(add(TREE.request(0, 5)), 5);
    assertCosigned(add(TREE.request(5, 5)), 5);
    assertCosigned(add(TREE.request(5, 12)), 12);
  }

  @Test
  void anotherOldSizeIsAConflictThatNamesTheRightOne() throws Exception {
    assertConflict(add(TREE.request(3, 5)), 0);
    assertCosigned(add(TREE.request(0, 5)), 5);
    assertConflict(add(TREE.request(0, 5)), 5);
    assertConflict(add(TREE.request(4, 12)), 5);
    assertConflict(add(TREE.request(7, 12)), 5);
    assertConflict(add(TREE.request(3, 4)), 5);
  }

  @Test
  void anOldSizeAboveTheCheckpointsIsABadRequest() throws Exception {
    String request = new String(TREE.request(5, 5), StandardCharsets.UTF_8);
    byte[] reversed = request.replace("old 5\n", "old 6\n").getBytes(StandardCharsets.UTF_8);
    assertProblem(add(reversed), 400, "old size");
  }

  @Test
  void whatIsNoRequestIsABadRequest() throws Exception {
    String request = new String(TREE.request(0, 5), StandardCharsets.UTF_8);
    for (String broken :
        List.of(
            "",
            "old 0",
            request.replace("old 0", "old 00"),
            request.replace("old 0", "old -1"),
            request.replace("old 0\n", "old 0\n!!!\n"),
            request.replace("\n\nlog", "\nlog"),
            request.replace("\n5\n", "\n05\n"),
            request.substring(0, request.length() - 1))) {
      assertProblem(add(broken.getBytes(StandardCharsets.UTF_8)), 400, "");
    }
    assertThat(add(new byte[AddCheckpoint.MAX_BYTES + 1]).statusCode()).isEqualTo(413);
  }

  @Test
  void aLogItDoesNotKnowIsNotFound() throws Exception {
    SignedNote note = TREE.checkpoint("other.example.org", 5).sign(OTHER);
    assertProblem(add(AddCheckpoint.of(0, List.of(), note).toBytes()), 404, "origin");
  }

  @Test
  void aCheckpointTheLogDidNotSignIsForbidden() throws Exception {
    SignedNote stranger = TREE.checkpoint("log.example.org", 5).sign(OTHER);
    assertProblem(add(AddCheckpoint.of(0, List.of(), stranger).toBytes()), 403, "");
    SignedNote signed = TREE.checkpoint("log.example.org", 5).sign(LOG);
    SignedNote moved =
        SignedNote.of(TREE.checkpoint("log.example.org", 6).format(), signed.signatures());
    assertProblem(add(AddCheckpoint.of(0, List.of(), moved).toBytes()), 403, "bad");
    assertThat(kept("log.example.org").statusCode()).isEqualTo(404);
  }

  @Test
  void aForkIsNotCosigned() throws Exception {
    assertCosigned(add(TREE.request(0, 5)), 5);
    assertConflict(add(FORK.request(5, 5)), 5);
    assertProblem(add(FORK.request(5, 12)), 422, "proof");
    assertProblem(
        add(
            AddCheckpoint.of(5, List.of(), TREE.checkpoint("log.example.org", 12).sign(LOG))
                .toBytes()),
        422,
        "proof");
    assertCosigned(add(TREE.request(5, 12)), 12);
  }

  @Test
  void anEmptyTreeWithARootAndAProofFromNothingAreNotCosigned() throws Exception {
    Checkpoint empty =
        new Checkpoint("log.example.org", 0, TREE.checkpoint("log.example.org", 1).root());
    assertProblem(add(AddCheckpoint.of(0, List.of(), empty.sign(LOG)).toBytes()), 422, "size 0");
    SignedNote five = TREE.checkpoint("log.example.org", 5).sign(LOG);
    byte[] proofFromNothing = AddCheckpoint.of(0, List.of(TreeHash.emptyRoot()), five).toBytes();
    assertProblem(add(proofFromNothing), 422, "proof");
  }

  @Test
  void theNewestIsServedWithTheLogsSignatureAndTheWitnesss() throws Exception {
    assertProblem(kept("log.example.org"), 404, "");
    add(TREE.request(0, 5));
    add(TREE.request(5, 7));
    HttpResponse<byte[]> answer = kept("log.example.org");
    assertThat(answer.statusCode()).isEqualTo(200);
    SignedNote note = SignedNote.parse(answer.body());
    assertThat(note.text()).isEqualTo(TREE.checkpoint("log.example.org", 7).format());
    assertThat(LOG.verifierKey().verify(note.text(), note.signatures().get(0))).isTrue();
    assertThat(WITNESS.verifierKey().verify(note.text(), note.signatures().get(1))).isTrue();
    assertProblem(kept("other.example.org"), 404, "");
  }

  @Test
  void whatWasCosignedIsKnownAfterARestart() throws Exception {
    add(TREE.request(0, 5));
    witness.close();
    witness = open();
    assertConflict(add(FORK.request(0, 5)), 5);
    assertProblem(add(FORK.request(5, 12)), 422, "proof");
    assertCosigned(add(TREE.request(5, 12)), 12);
  }

  @Test
  void aStateThatIsNotItsOwnIsRefusedAtTheStart() throws Exception {
    add(TREE.request(0, 5));
    witness.close();
    Path file =
        folder
            .resolve("witness")
            .resolve(Sha256.of("log.example.org".getBytes(StandardCharsets.UTF_8)) + ".checkpoint");
    byte[] good = Files.readAllBytes(file);
    for (byte[] bad :
        List.of(
            new byte[0],
            Arrays.copyOf(good, good.length - 1),
            TREE.checkpoint("log.example.org", 3).sign(LOG).toBytes())) {
      Files.write(file, bad);
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("checkpoint");
    }
    Files.write(file, good);
    witness = open();
  }

  @Test
  void aSecondWitnessOnOneStateIsRefused() {
    assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("another");
  }

  @Test
  void ofRacingRequestsFromOneOldSizeOneIsCosigned() throws Exception {
    add(TREE.request(0, 5));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        byte[] request = TREE.request(5, 6 + i);
        calls.add(() -> add(request).statusCode());
      }
      int cosigned = 0;
      for (Future<Integer> call : threads.invokeAll(calls)) {
        assertThat(call.get()).isIn(200, 409);
        cosigned += call.get() == 200 ? 1 : 0;
      }
      assertThat(cosigned).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }
}
