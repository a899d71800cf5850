package org.whonix2.core.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.core.fuzz.Parsed.bytes;
import static org.whonix2.core.fuzz.Parsed.text;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.whonix2.core.log.AddCheckpoint;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.Frontier;
import org.whonix2.core.log.HashTile;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TilePath;
import org.whonix2.core.log.TlogProof;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.core.log.WitnessedTimes;

class LogFuzzTest {
  private static final VerifierKey WITNESS = Samples.witness();
  private static final Checkpoint CHECKPOINT = Samples.checkpoint();

  @FuzzTest
  void signedNote(byte[] input) {
    Parsed.isExact(input, SignedNote::parse, SignedNote::toBytes);
  }

  @FuzzTest
  void checkpoint(byte[] input) {
    Parsed.isExact(input, in -> Checkpoint.parse(text(in)), read -> bytes(read.format()));
  }

  @FuzzTest
  void signatureLine(byte[] input) {
    Parsed.isExact(input, in -> NoteSignature.parse(text(in)), Parsed::bytes);
  }

  /** The answer of a witness: only the sample's own cosignature can be among the lines. */
  @FuzzTest
  void cosignatureLines(byte[] input) {
    Parsed.orRefused(input, in -> AddCheckpoint.parseCosignature(in, WITNESS, CHECKPOINT))
        .flatMap(found -> found)
        .ifPresent(
            found -> assertThat(new String(input, UTF_8)).contains(found.signature().toString()));
  }

  @FuzzTest
  void witnessedTimes(byte[] input) {
    Parsed.isExact(input, WitnessedTimes::parse, WitnessedTimes::toBytes);
  }

  @FuzzTest
  void conflict(byte[] input) {
    Parsed.isExact(input, AddCheckpoint::parseConflict, size -> bytes(size + "\n"));
  }

  @FuzzTest
  void verifierKey(byte[] input) {
    Parsed.isExact(input, in -> VerifierKey.parse(text(in)), Parsed::bytes);
  }

  @FuzzTest
  void signingKey(byte[] input) {
    Parsed.isExact(input, in -> SigningKey.parse(text(in)), key -> bytes(key.format()));
  }

  @FuzzTest
  void tlogProof(byte[] input) {
    Parsed.isExact(input, TlogProof::parse, TlogProof::toBytes);
  }

  @FuzzTest
  void addCheckpoint(byte[] input) {
    Parsed.isExact(input, AddCheckpoint::parse, AddCheckpoint::toBytes);
  }

  /** The first byte is the width less one; the rest is the bundle. */
  @FuzzTest
  void entryBundle(byte[] input) {
    if (input.length > 0) {
      int width = 1 + Byte.toUnsignedInt(input[0]);
      Parsed.isExact(
          Arrays.copyOfRange(input, 1, input.length),
          in -> EntryBundle.parse(in, width),
          EntryBundle::format);
    }
  }

  /** The first byte is the width less one; the rest is the tile. */
  @FuzzTest
  void hashTile(byte[] input) {
    if (input.length > 0) {
      int width = 1 + Byte.toUnsignedInt(input[0]);
      Parsed.orRefused(Arrays.copyOfRange(input, 1, input.length), in -> HashTile.parse(in, width))
          .ifPresent(tile -> assertThat(tile.width()).isEqualTo(width));
    }
  }

  @FuzzTest
  void frontier(byte[] input) {
    Parsed.isExact(input, in -> Frontier.parse(text(in)), Parsed::bytes);
  }

  @FuzzTest
  void tilePath(byte[] input) {
    Parsed.isExact(input, in -> TilePath.parse(text(in)), Parsed::bytes);
  }
}
