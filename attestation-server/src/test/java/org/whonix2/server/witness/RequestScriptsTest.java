package org.whonix2.server.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.header;
import static org.whonix2.server.Answers.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.apache.commons.codec.binary.Hex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.AddCheckpoint;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.server.TestLog;
import org.whonix2.server.TestTree;
import org.whonix2.server.web.ListenAddress;

/**
 * What other witnesses' tests send, sent to ours. Where a script says what the body of an error
 * contains, that is its witness's own words and not compared.
 */
class RequestScriptsTest {
  private static final String SIGSUM =
      "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
          + "+5202289b+Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP";
  private static final String SIGSUM_2 =
      "sigsum.org/v1/tree/985ea163f5af026723561354f51f2ebcdcf2af809ce254ccfb64aa9aadd80f90"
          + "+ec1293d2+AVLAXtrRv1/v+oE1T6rlmmVdmpoaeT7S9iw5wmwL4q7N";

  /** A log whose key is not named as the log is. */
  private static final String SUMDB =
      "go.sum database tree,sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

  /** By script and number of the request, the status that ours answers instead, and why. */
  private static final Map<String, Integer> DIFFERENT =
      Map.of(
          // Base64 whose last bits are not zero, in a signature that is bad anyway: ours is strict.
          "litewitness 2", 400,
          // An unknown log: the specification has had 404 for it since this script was written.
          "litewitness 3", 404,
          // Hashes of two bytes: ours reads hashes before it looks for a log.
          "vanilla consistency garbage proof", 400,
          // A hash of one byte: the same.
          "vanilla consistency starting from tree size 0 without proof", 400);

  private static final SigningKey WITNESS =
      TestLog.key("example.com/witness", SignatureType.COSIGNATURE);

  @TempDir Path folder;

  private static String vector(String name) throws IOException {
    String path = "/vectors/third-party/witness/" + name;
    try (InputStream in = RequestScriptsTest.class.getResourceAsStream(path)) {
      return new String(Objects.requireNonNull(in, path).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private WitnessServer witness(TrustedLog... logs) throws IOException {
    Path state = Files.createTempDirectory(folder, "state");
    return WitnessServer.start(
        new ListenAddress("127.0.0.1", 0), state, WITNESS, List.of(logs), Clock.systemUTC());
  }

  private static HttpResponse<byte[]> send(WitnessServer witness, String body) {
    return TestLog.send(
        HttpRequest.newBuilder(URI.create(witness.address() + "/add-checkpoint"))
            .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8)));
  }

  private static void assertCosigned(HttpResponse<byte[]> answer, String request) throws Exception {
    Checkpoint asked = AddCheckpoint.parse(request.getBytes(StandardCharsets.UTF_8)).checkpoint();
    assertThat(AddCheckpoint.parseCosignature(answer.body(), WITNESS.verifierKey(), asked))
        .isPresent();
    assertThat(text(answer)).startsWith("— example.com/witness ").endsWith("\n");
  }

  @ParameterizedTest
  @CsvSource({"litewitness, 9", "sumdb, 1", "multi-cosigs-ed25519, 1"})
  void litewitness(String name, int count) throws Exception {
    RequestScript script = RequestScript.parse(vector("torchwood/" + name + ".hurl"));
    assertThat(script.requests()).hasSize(count);
    try (WitnessServer witness =
        witness(
            WitnessedLog.parse(SIGSUM), WitnessedLog.parse(SIGSUM_2), WitnessedLog.parse(SUMDB))) {
      int number = 0;
      for (RequestScript.Request request : script.requests()) {
        number++;
        int status = DIFFERENT.getOrDefault(name + " " + number, request.status());
        HttpResponse<byte[]> answer = send(witness, request.body());
        assertThat(answer.statusCode()).as(number + ": " + text(answer)).isEqualTo(status);
        if (status == 200) {
          // One key, so one line, also where the script's witness has two.
          assertCosigned(answer, request.body());
        }
        request.wholeBody().ifPresent(body -> assertThat(text(answer)).isEqualTo(body));
      }
    }
  }

  private static Sha256 sigsumLeaf(long number) {
    try {
      return Sha256.ofDigest(ByteBuffer.allocate(Sha256.LENGTH).putLong(number).array());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void sigsum() throws Exception {
    SigningKey log = TestLog.key("sigsum.org/v1/tree/x", SignatureType.ED25519);
    TestTree tree = new TestTree(log, RequestScriptsTest::sigsumLeaf);
    List<String> rows = vector("sigsum/witness-add-checkpoint-test.tsv").lines().skip(1).toList();
    assertThat(rows).hasSize(5);
    try (WitnessServer witness = witness(TrustedLog.of(log.verifierKey()))) {
      for (String row : rows) {
        String[] cells = row.split("\t", -1);
        String request =
            new String(
                tree.request(Long.parseLong(cells[0]), Long.parseLong(cells[1])),
                StandardCharsets.UTF_8);
        HttpResponse<byte[]> answer = send(witness, request);
        assertThat(answer.statusCode()).as(row).isEqualTo(Integer.parseInt(cells[2]));
        if (answer.statusCode() == 200) {
          assertCosigned(answer, request);
        } else {
          assertThat(text(answer)).isEqualTo(cells[3] + "\n");
          assertThat(header(answer, "Content-Type")).isEqualTo("text/x.tlog.size");
        }
      }
    }
  }

  private static String request(long old, JsonNode proof, SignedNote note) throws Exception {
    StringBuilder request = new StringBuilder("old " + old + "\n");
    for (JsonNode hash : proof) {
      byte[] bytes = Hex.decodeHex(hash.asText());
      request.append(Base64.getEncoder().encodeToString(bytes)).append('\n');
    }
    return request.append('\n').append(note).toString();
  }

  private static SignedNote note(SigningKey log, JsonNode tree) throws Exception {
    Sha256 root = Sha256.ofDigest(Hex.decodeHex(tree.path("root").asText()));
    return new Checkpoint("monkeys", tree.path("size").asLong(), root).sign(log);
  }

  @Test
  void omniwitness() throws Exception {
    JsonNode table = new ObjectMapper().readTree(vector("transparency-dev/witness_test.json"));
    SigningKey log = SigningKey.parse(table.path("logSecret").asText());
    assertThat(log.vkey()).isEqualTo(table.path("log").asText());
    JsonNode none = new ObjectMapper().createArrayNode();
    List<Integer> statuses = new ArrayList<>();
    for (JsonNode row : table.path("update")) {
      String name = row.path("desc").asText();
      try (WitnessServer witness = witness(TrustedLog.of(log.verifierKey()))) {
        assertThat(send(witness, request(0, none, note(log, row.path("init")))).statusCode())
            .as(name)
            .isEqualTo(200);
        SignedNote next = note(log, row.path("new"));
        HttpResponse<byte[]> answer =
            send(witness, request(row.path("old").asLong(), row.path("proof"), next));
        int status = DIFFERENT.getOrDefault(name, row.path("status").asInt());
        assertThat(answer.statusCode()).as(name).isEqualTo(status);
        statuses.add(status);
      }
    }
    assertThat(statuses).containsExactly(200, 409, 422, 400, 200, 409, 422, 400, 400);
    // The two notes as that project signed them.
    for (String signed : List.of("mInit", "mNext")) {
      byte[] bytes = table.path(signed).asText().getBytes(StandardCharsets.UTF_8);
      SignedNote note = SignedNote.parse(bytes);
      JsonNode same = table.path("update").get(0).path(signed.equals("mInit") ? "init" : "new");
      assertThat(note).isEqualTo(note(log, same));
    }
  }

  @Test
  void aLogWhoseKeyHasAnotherNameIsKeptUnderItsOrigin() throws Exception {
    String body = RequestScript.parse(vector("torchwood/sumdb.hurl")).requests().get(0).body();
    try (WitnessServer witness = witness(WitnessedLog.parse(SUMDB))) {
      assertThat(send(witness, body).statusCode()).isEqualTo(200);
      Sha256 name = Sha256.of("go.sum database tree".getBytes(StandardCharsets.UTF_8));
      HttpResponse<byte[]> kept =
          TestLog.send(
              HttpRequest.newBuilder(URI.create(witness.address() + "/" + name + "/checkpoint")));
      SignedNote note = SignedNote.parse(kept.body());
      VerifierKey key = WitnessedLog.parse(SUMDB).keys().get(0);
      assertThat(key.verify(note.text(), note.signatures().get(0))).isTrue();
      assertThat(WITNESS.verifierKey().verify(note.text(), note.signatures().get(1))).isTrue();
      assertThat(OptionalLong.of(Checkpoint.parse(note.text()).size())).hasValue(35225469);
    }
  }
}
