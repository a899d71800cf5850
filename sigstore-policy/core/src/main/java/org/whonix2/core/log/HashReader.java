package org.whonix2.core.log;

import java.io.IOException;
import org.whonix2.core.digest.Sha256;

/** Where a prover finds the hashes of complete subtrees: tiles, a table, a list in memory. */
@FunctionalInterface
public interface HashReader {
  /**
   * The root of the complete subtree over the leaves {@code [index << level, (index + 1) <<
   * level)}; level 0 is the leaf hashes. Asked only for subtrees that lie wholly inside the tree.
   */
  Sha256 hash(int level, long index) throws IOException;

  /** The root of the tree of this size. */
  static Sha256 root(HashReader reader, long size) throws IOException {
    TreeSize.require(size);
    return size == 0 ? TreeHash.emptyRoot() : range(reader, 0, size);
  }

  /**
   * The hash of the leaves {@code [begin, end)}, of which there is at least one. {@code begin} must
   * be a multiple of a power of two that is not smaller than {@code end - begin}: then the range is
   * a subtree of RFC 6962, perhaps an incomplete one.
   */
  static Sha256 range(HashReader reader, long begin, long end) throws IOException {
    // Complete subtrees from the smallest, which is rightmost, to the largest.
    long right = end;
    int level = Long.numberOfTrailingZeros(end - begin);
    Sha256 hash = reader.hash(level, (right - 1) >>> level);
    right -= 1L << level;
    while (right > begin) {
      level = Long.numberOfTrailingZeros(right - begin);
      hash = TreeHash.node(reader.hash(level, (right - 1) >>> level), hash);
      right -= 1L << level;
    }
    return hash;
  }
}
