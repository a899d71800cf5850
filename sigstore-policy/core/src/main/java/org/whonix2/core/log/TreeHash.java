package org.whonix2.core.log;

import java.security.MessageDigest;
import org.apache.commons.codec.digest.DigestUtils;
import org.whonix2.core.digest.Sha256;

/** The hashes of RFC 6962, section 2.1. Leaves and nodes are told apart by their first byte. */
public final class TreeHash {
  private static final byte LEAF = 0;
  private static final byte NODE = 1;
  private static final Sha256 EMPTY_ROOT = Sha256.of(new byte[0]);

  private TreeHash() {}

  /** The leaf hash of an entry as it is logged. */
  public static Sha256 leaf(byte[] entry) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    digest.update(LEAF);
    digest.update(entry);
    return Sha256.finish(digest);
  }

  public static Sha256 node(Sha256 left, Sha256 right) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    digest.update(NODE);
    left.update(digest);
    right.update(digest);
    return Sha256.finish(digest);
  }

  /** The root of the tree without leaves: the digest of nothing. */
  public static Sha256 emptyRoot() {
    return EMPTY_ROOT;
  }
}
