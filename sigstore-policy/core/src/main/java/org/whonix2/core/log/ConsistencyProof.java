package org.whonix2.core.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.whonix2.core.digest.Sha256;

/**
 * Consistency proofs of RFC 6962, section 2.1.2: that a tree is the beginning of a larger one.
 *
 * <p>The last complete subtree of the old tree is a node of both. Its hash comes first, unless it
 * is the whole old tree, whose root the checker knows; then follow its siblings in the new tree.
 * Those on the left belong to both trees, those on the right to the new one only.
 */
public final class ConsistencyProof {
  private ConsistencyProof() {}

  /**
   * Proves that the tree of {@code newSize} leaves begins with the one of {@code oldSize}.
   *
   * @throws IllegalArgumentException unless {@code 0 <= oldSize <= newSize}
   */
  public static List<Sha256> prove(HashReader reader, long oldSize, long newSize)
      throws IOException {
    TreeSize.require(newSize);
    if (oldSize < 0 || oldSize > newSize) {
      throw new IllegalArgumentException(
          "expected an old size of at most " + newSize + ", found " + oldSize);
    }
    if (oldSize == 0 || oldSize == newSize) {
      return List.of();
    }
    int level = Long.numberOfTrailingZeros(oldSize);
    long shared = (oldSize - 1) >>> level;
    List<Sha256> proof = new ArrayList<>();
    if (shared != 0) {
      proof.add(reader.hash(level, shared));
    }
    proof.addAll(InclusionProof.siblings(reader, oldSize - 1, level, newSize));
    return List.copyOf(proof);
  }

  /**
   * Whether {@code proof} shows that the new tree begins with the old one. The empty tree begins
   * every tree and equal trees need no hashes: there the proof must be empty. Anything out of
   * bounds is false.
   */
  public static boolean check(
      List<Sha256> proof, long oldSize, Sha256 oldRoot, long newSize, Sha256 newRoot) {
    if (oldSize < 0 || oldSize > newSize || newSize > TreeSize.MAX) {
      return false;
    }
    if (oldSize == newSize) {
      return proof.isEmpty() && oldRoot.equals(newRoot) && emptyIsEmpty(oldSize, oldRoot);
    }
    if (oldSize == 0) {
      return proof.isEmpty() && emptyIsEmpty(oldSize, oldRoot);
    }
    int level = Long.numberOfTrailingZeros(oldSize);
    long shared = (oldSize - 1) >>> level;
    int turns = InclusionProof.turns(shared, (newSize - 1) >>> level);
    int first = shared == 0 ? 0 : 1;
    if (proof.size() != first + turns + Long.bitCount(shared >>> turns)) {
      return false;
    }
    Sha256 oldHash = shared == 0 ? oldRoot : proof.get(0);
    Sha256 newHash = oldHash;
    for (int i = 0; i < proof.size() - first; i++) {
      Sha256 sibling = proof.get(first + i);
      if (i >= turns || (shared >>> i & 1) == 1) {
        oldHash = TreeHash.node(sibling, oldHash);
        newHash = TreeHash.node(sibling, newHash);
      } else {
        newHash = TreeHash.node(newHash, sibling);
      }
    }
    return oldHash.equals(oldRoot) && newHash.equals(newRoot);
  }

  private static boolean emptyIsEmpty(long size, Sha256 root) {
    return size != 0 || root.equals(TreeHash.emptyRoot());
  }
}
