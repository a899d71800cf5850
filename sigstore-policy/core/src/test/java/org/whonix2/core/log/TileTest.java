package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

class TileTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tile/0/000",
        "tile/0/x001/x234/067",
        "tile/63/000.p/1",
        "tile/10/999.p/255",
        "tile/entries/x001/000",
        "tile/entries/000.p/17",
        "tile/0/x018/x014/x398/x509/x481/983",
      })
  void pathsReadAsTheyWrite(String path) throws Exception {
    assertThat(TilePath.parse(path)).hasToString(path);
  }

  @Test
  void theSpecificationsIndexIsWrittenAsTheSpecificationWritesIt() {
    assertThat(new TilePath(0, 1_234_067, 256)).hasToString("tile/0/x001/x234/067");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/001/000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/data/000",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/",
        "tile/0/000.p/1/",
        "tile/0/000\n",
        "tile/0/\u0661\u0661\u0661",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/0/x001/x000/x000/x000/x000/x000/x000/000",
        "tile/0/x018/x014/x398/x509/x481/984",
        "tile/0/../../etc/passwd",
      })
  void otherPathsAreRefused(String path) {
    assertThatExceptionOfType(MalformedInputException.class).isThrownBy(() -> TilePath.parse(path));
  }

  /** The example of C2SP tlog-tiles, "Partial Tiles". */
  @Test
  void widthsOfATreeOf70000() {
    assertThat(TilePath.widthAt(0, 272, 70_000)).isEqualTo(256);
    assertThat(TilePath.widthAt(0, 273, 70_000)).isEqualTo(112);
    assertThat(TilePath.widthAt(0, 274, 70_000)).isZero();
    assertThat(TilePath.widthAt(TilePath.ENTRIES, 273, 70_000)).isEqualTo(112);
    assertThat(TilePath.widthAt(1, 0, 70_000)).isEqualTo(256);
    assertThat(TilePath.widthAt(1, 1, 70_000)).isEqualTo(17);
    assertThat(TilePath.widthAt(2, 0, 70_000)).isEqualTo(1);
    assertThat(TilePath.widthAt(3, 0, 70_000)).isZero();
    assertThat(TilePath.widthAt(8, 0, 70_000)).isZero();
    assertThat(TilePath.widthAt(63, 0, TreeSize.MAX)).isZero();
    assertThat(TilePath.widthAt(1, 0, 256)).isEqualTo(1);
    assertThat(new TilePath(1, 1, 17).isIn(70_000)).isTrue();
    assertThat(new TilePath(1, 1, 16).isIn(70_000)).isFalse();
  }

  @Test
  void bundlesReadAsTheyWrite() throws Exception {
    byte[] longest = new byte[EntryBundle.MAX_ENTRY];
    Arrays.fill(longest, (byte) 7);
    List<byte[]> entries = List.of(new byte[0], new byte[] {1}, longest, new byte[0]);
    byte[] bundle = EntryBundle.format(entries);
    assertThat(EntryBundle.parse(bundle, 4)).containsExactlyElementsOf(entries);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EntryBundle.format(List.of(new byte[EntryBundle.MAX_ENTRY + 1])));
  }

  @Test
  void bundlesOfAnotherLengthAreRefused() {
    byte[] bundle = EntryBundle.format(List.of(new byte[] {1}, new byte[] {2, 3}));
    for (int length = 0; length < bundle.length; length++) {
      byte[] truncated = Arrays.copyOf(bundle, length);
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> EntryBundle.parse(truncated, 2))
          .withMessage(
              "entry bundle: expected entry %d to be whole, found the end", length < 3 ? 0 : 1);
    }
    for (int width : new int[] {3, 256}) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> EntryBundle.parse(bundle, width))
          .withMessage("entry bundle: expected entry 2 to be whole, found the end");
    }
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> EntryBundle.parse(bundle, 1))
        .withMessage("entry bundle: expected 1 entries and no more, found 4 more bytes");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> EntryBundle.parse(Arrays.copyOf(bundle, bundle.length + 1), 2))
        .withMessage("entry bundle: expected 2 entries and no more, found 1 more bytes");
  }

  @Test
  void tilesOfAnotherLengthAreRefused() throws Exception {
    assertThat(HashTile.parse(new byte[64], 2).width()).isEqualTo(2);
    for (int width : new int[] {-1, 0, 1, 3, 257}) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> HashTile.parse(new byte[64], width))
          .withMessage("tile: expected " + width + " hashes of 32 bytes, found 64 bytes");
    }
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> HashTile.parse(new byte[257 * 32], 257));
  }

  @Test
  void figuresOutOfBoundsAreNoTile() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TilePath(-2, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new TilePath(64, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new TilePath(0, -1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new TilePath(0, 1L << 54, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> TilePath.entries(0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> TilePath.entries(0, 257));
    assertThatIllegalArgumentException().isThrownBy(() -> TilePath.widthAt(0, 0, -1));
    TileHashReader.TileSource none =
        path -> {
          throw new IOException("nothing is to be fetched");
        };
    assertThatIllegalArgumentException().isThrownBy(() -> new TileHashReader(none, -1));
    TileHashReader one = new TileHashReader(none, 1);
    assertThatIllegalArgumentException().isThrownBy(() -> one.hash(0, -1));
    assertThatIllegalArgumentException().isThrownBy(() -> one.hash(0, 1));
  }

  /** Three levels of tiles: more leaves than 256 * 256. */
  @Test
  void tilesAnswerForEverySubtree() throws Exception {
    int size = 66_000;
    Sha256[] leaves = new Sha256[size];
    Frontier frontier = Frontier.empty();
    for (int i = 0; i < size; i++) {
      leaves[i] = TreeHash.leaf(Integer.toString(i).getBytes(StandardCharsets.UTF_8));
      frontier = frontier.append(leaves[i]);
    }
    TileHashReader reader = new TileHashReader(path -> tile(leaves, path), size);
    assertThat(HashReader.root(reader, size)).isEqualTo(frontier.root());
    assertThat(Frontier.read(reader, size)).isEqualTo(frontier);
    for (long index : new long[] {0, 255, 256, 65_535, 65_536, 65_999}) {
      List<Sha256> proof = InclusionProof.prove(reader, index, size);
      assertThat(InclusionProof.check(proof, index, leaves[(int) index], size, frontier.root()))
          .isTrue();
    }
    assertThatIllegalArgumentException().isThrownBy(() -> reader.hash(4, size / 16));
  }

  private static HashTile tile(Sha256[] leaves, TilePath path) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int span = 1 << (8 * path.level());
    for (int i = 0; i < path.width(); i++) {
      int from = (int) (path.index() * 256 + i) * span;
      Frontier subtree = Frontier.empty();
      for (int leaf = from; leaf < from + span; leaf++) {
        subtree = subtree.append(leaves[leaf]);
      }
      bytes.writeBytes(subtree.root().toByteArray());
    }
    try {
      return HashTile.parse(bytes.toByteArray(), path.width());
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }
}
