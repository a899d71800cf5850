package org.whonix2.core.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.whonix2.core.Base64Text;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/**
 * The right edge of a tree: the roots of the complete subtrees into which its size falls apart, one
 * for each bit that is set, largest first. That is all one needs to append leaves and to know the
 * root. Immutable.
 *
 * <p>Written as the size and the hashes in base64, a line each:
 *
 * <pre>
 * 3
 * lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=
 * bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=
 * </pre>
 */
public final class Frontier {
  private static final Frontier EMPTY = new Frontier(0, List.of());

  private final long size;
  private final List<Sha256> hashes;

  private Frontier(long size, List<Sha256> hashes) {
    this.size = size;
    this.hashes = hashes;
  }

  public static Frontier empty() {
    return EMPTY;
  }

  /** The frontier of the tree of this size, from the hashes of its complete subtrees. */
  public static Frontier read(HashReader reader, long size) throws IOException {
    TreeSize.require(size);
    List<Sha256> hashes = new ArrayList<>();
    for (long rest = size; rest != 0; rest ^= Long.highestOneBit(rest)) {
      int level = Long.numberOfTrailingZeros(Long.highestOneBit(rest));
      hashes.add(reader.hash(level, (size - rest) >>> level));
    }
    return new Frontier(size, List.copyOf(hashes));
  }

  /** Reads what {@link #toString} writes. */
  public static Frontier parse(String text) throws MalformedInputException {
    Lines lines = new Lines(text, "frontier");
    long size = lines.number("", "the tree size");
    List<Sha256> hashes = new ArrayList<>();
    for (int i = 0; i < Long.bitCount(size); i++) {
      hashes.add(lines.hash());
    }
    lines.end();
    return new Frontier(size, List.copyOf(hashes));
  }

  public long size() {
    return size;
  }

  /** The frontier after one more leaf. */
  public Frontier append(Sha256 leafHash) {
    TreeSize.require(size + 1);
    // Every trailing bit that is set is a subtree as large as the one that has just become
    // complete.
    int merged = Long.numberOfTrailingZeros(~size);
    int kept = hashes.size() - merged;
    Sha256 hash = leafHash;
    for (int i = hashes.size() - 1; i >= kept; i--) {
      hash = TreeHash.node(hashes.get(i), hash);
    }
    Sha256[] next = new Sha256[kept + 1];
    for (int i = 0; i < kept; i++) {
      next[i] = hashes.get(i);
    }
    next[kept] = hash;
    return new Frontier(size + 1, List.of(next));
  }

  /** The frontier after one more entry. */
  public Frontier appendEntry(byte[] entry) {
    return append(TreeHash.leaf(entry));
  }

  public Sha256 root() {
    if (hashes.isEmpty()) {
      return TreeHash.emptyRoot();
    }
    Sha256 root = hashes.get(hashes.size() - 1);
    for (int i = hashes.size() - 2; i >= 0; i--) {
      root = TreeHash.node(hashes.get(i), root);
    }
    return root;
  }

  /**
   * Whether this is the tree the checkpoint names. With {@link #appendEntry} over all entries this
   * checks a stored log.
   */
  public boolean matches(Checkpoint checkpoint) {
    return size == checkpoint.size() && root().equals(checkpoint.root());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Frontier that && size == that.size && hashes.equals(that.hashes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(size, hashes);
  }

  /** The size and the hashes, a line each; the inverse of {@link #parse}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder().append(size).append('\n');
    hashes.forEach(hash -> text.append(Base64Text.of(hash.toByteArray())).append('\n'));
    return text.toString();
  }
}
