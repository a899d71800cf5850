package org.whonix2.core.log;

import java.util.Arrays;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/** A tile of 1 to 256 hashes (C2SP tlog-tiles, "Merkle Tree"): the hashes one after another. */
public final class HashTile {
  /** Bytes of a full tile. */
  public static final int MAX_BYTES = TilePath.FULL * Sha256.LENGTH;

  private final byte[] bytes;

  private HashTile(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes exactly {@code width} hashes. */
  public static HashTile parse(byte[] bytes, int width) throws MalformedInputException {
    if (width < 1 || width > TilePath.FULL || bytes.length != width * Sha256.LENGTH) {
      throw new MalformedInputException(
          "tile: expected " + width + " hashes of 32 bytes, found " + bytes.length + " bytes");
    }
    return new HashTile(bytes.clone());
  }

  public int width() {
    return bytes.length / Sha256.LENGTH;
  }

  /**
   * The root of the complete subtree over {@code 1 << height} hashes of this tile, the {@code
   * index}-th such.
   */
  public Sha256 subtree(int height, int index) {
    if (height == 0) {
      int from = index * Sha256.LENGTH;
      try {
        return Sha256.ofDigest(Arrays.copyOfRange(bytes, from, from + Sha256.LENGTH));
      } catch (MalformedInputException e) {
        throw new IllegalStateException("a copy of 32 bytes has 32 bytes", e);
      }
    }
    return TreeHash.node(subtree(height - 1, 2 * index), subtree(height - 1, 2 * index + 1));
  }
}
