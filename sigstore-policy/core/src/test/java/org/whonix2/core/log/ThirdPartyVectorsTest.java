package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.whonix2.core.Base64Text;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/** What others' logs and checkers say; the README beside the vectors names their origin. */
class ThirdPartyVectorsTest {
  private static final Path VECTORS = Path.of("src/test/resources/vectors/third-party");
  private static final String TESSERA_KEY =
      "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

  private static final Sha256 NOTHING = Sha256.of(new byte[0]);

  static List<Path> inclusion() throws IOException {
    return files("merkle/inclusion", 98);
  }

  static List<Path> consistency() throws IOException {
    return files("merkle/consistency", 98);
  }

  private static List<Path> files(String folder, int count) throws IOException {
    try (Stream<Path> walk = Files.walk(VECTORS.resolve(folder))) {
      List<Path> files = walk.filter(Files::isRegularFile).sorted().toList();
      assertThat(files).hasSize(count);
      return files;
    }
  }

  @ParameterizedTest
  @MethodSource("inclusion")
  void inclusionProofsOfTransparencyDev(Path file) throws Exception {
    JsonNode vector = new ObjectMapper().readTree(file.toFile());
    Sha256 leaf = hash(vector.get("leafHash"));
    Sha256 root = hash(vector.get("root"));
    long index = vector.get("leafIdx").bigIntegerValue().longValue();
    long size = vector.get("treeSize").bigIntegerValue().longValue();
    // No hash at all cannot get as far as our checker.
    boolean accepted =
        !root.equals(NOTHING) && InclusionProof.check(proof(vector), index, leaf, size, root);
    assertThat(accepted).isNotEqualTo(vector.get("wantErr").booleanValue());
  }

  @ParameterizedTest
  @MethodSource("consistency")
  void consistencyProofsOfTransparencyDev(Path file) throws Exception {
    JsonNode vector = new ObjectMapper().readTree(file.toFile());
    long oldSize = vector.get("size1").longValue();
    long newSize = vector.get("size2").longValue();
    List<Sha256> proof = proof(vector);
    Sha256 oldRoot = hash(vector.get("root1"));
    boolean accepted =
        ConsistencyProof.check(proof, oldSize, oldRoot, newSize, hash(vector.get("root2")));
    // They call proofs from the empty tree useless; C2SP tlog-witness, "add-checkpoint", wants
    // them.
    boolean fromEmpty =
        oldSize == 0 && newSize > 0 && proof.isEmpty() && oldRoot.equals(TreeHash.emptyRoot());
    assertThat(accepted).isEqualTo(fromEmpty || !vector.get("wantErr").booleanValue());
  }

  @Test
  void tesserasTestLogIsReadWhole() throws Exception {
    VerifierKey key = VerifierKey.parse(TESSERA_KEY);
    Path log = VECTORS.resolve("tessera");
    for (int size = 0; size <= 15; size++) {
      byte[] signed = Files.readAllBytes(log.resolve("checkpoint." + size));
      SignedNote note = SignedNote.parse(signed);
      assertThat(note.toBytes()).isEqualTo(signed);
      assertThat(note.open(List.of(key))).isInstanceOf(NoteVerification.Verified.class);
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      assertThat(checkpoint.size()).isEqualTo(size);
      Frontier frontier = Frontier.empty();
      if (size > 0) {
        byte[] bundle = Files.readAllBytes(log.resolve(TilePath.entries(0, size).toString()));
        for (byte[] entry : EntryBundle.parse(bundle, size)) {
          frontier = frontier.appendEntry(entry);
        }
      }
      assertThat(frontier.matches(checkpoint)).isTrue();
      TileHashReader tiles =
          new TileHashReader(
              path -> {
                try {
                  return HashTile.parse(
                      Files.readAllBytes(log.resolve(path.toString())), path.width());
                } catch (MalformedInputException e) {
                  throw new IOException(e);
                }
              },
              size);
      assertThat(HashReader.root(tiles, size)).isEqualTo(checkpoint.root());
    }
  }

  private static List<Sha256> proof(JsonNode vector) throws MalformedInputException {
    List<Sha256> proof = new ArrayList<>();
    for (JsonNode hash : vector.get("proof")) {
      proof.add(hash(hash));
    }
    return proof;
  }

  /** Where a vector has other bytes than a hash, any hash that differs when they do will do. */
  private static Sha256 hash(JsonNode base64) throws MalformedInputException {
    byte[] bytes = Base64Text.parse(base64.asText());
    return bytes.length == Sha256.LENGTH ? Sha256.ofDigest(bytes) : Sha256.of(bytes);
  }
}
