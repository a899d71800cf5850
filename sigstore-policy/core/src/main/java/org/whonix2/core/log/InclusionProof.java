package org.whonix2.core.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.whonix2.core.digest.Sha256;

/**
 * Inclusion proofs (audit paths) of RFC 6962, section 2.1.1: the siblings on the way from a leaf to
 * the root, leaf's sibling first.
 */
public final class InclusionProof {
  private InclusionProof() {}

  /**
   * Proves the leaf at {@code index} in the tree of {@code size} leaves.
   *
   * @throws IllegalArgumentException unless {@code 0 <= index < size}
   */
  public static List<Sha256> prove(HashReader reader, long index, long size) throws IOException {
    TreeSize.require(size);
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException(
          "expected an index below the tree size " + size + ", found " + index);
    }
    return siblings(reader, index, 0, size);
  }

  /**
   * Whether {@code proof} shows that the tree with this size and root holds the leaf at {@code
   * index}. Anything out of bounds is false: nothing here is trusted.
   */
  public static boolean check(
      List<Sha256> proof, long index, Sha256 leafHash, long size, Sha256 root) {
    if (index < 0 || index >= size || size > TreeSize.MAX) {
      return false;
    }
    int turns = turns(index, size - 1);
    if (proof.size() != turns + Long.bitCount(index >>> turns)) {
      return false;
    }
    Sha256 hash = leafHash;
    for (int i = 0; i < proof.size(); i++) {
      boolean siblingIsLeft = i >= turns || (index >>> i & 1) == 1;
      hash = siblingIsLeft ? TreeHash.node(proof.get(i), hash) : TreeHash.node(hash, proof.get(i));
    }
    return hash.equals(root);
  }

  /**
   * How many siblings a node has before its path joins the tree's right edge, {@code last} being
   * the last node of its level. From there on only set bits of its index have siblings, all left.
   */
  static int turns(long node, long last) {
    return TreeSize.bitLength(node ^ last);
  }

  /** The siblings on the way to the root of the node that is {@code level} above {@code leaf}. */
  static List<Sha256> siblings(HashReader reader, long leaf, int level, long size)
      throws IOException {
    List<Sha256> siblings = new ArrayList<>();
    for (int l = level; 1L << l < size; l++) {
      long begin = (leaf >>> l ^ 1) << l;
      if (begin < size) {
        siblings.add(HashReader.range(reader, begin, Math.min(begin + (1L << l), size)));
      }
    }
    return List.copyOf(siblings);
  }
}
