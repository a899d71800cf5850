package org.whonix2.server.store;

import org.whonix2.core.digest.Sha256;

/** A size and the root of the tree with that many leaves. */
public record TreeHead(long size, Sha256 root) {
  public TreeHead {
    if (size < 0) {
      throw new IllegalArgumentException("expected a tree size of at least 0, found " + size);
    }
  }

  @Override
  public String toString() {
    return "size " + size + ", root " + root;
  }
}
