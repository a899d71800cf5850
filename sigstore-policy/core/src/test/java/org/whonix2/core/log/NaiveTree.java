package org.whonix2.core.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/**
 * RFC 6962, section 2.1, word for word: recursive, over lists of entries, and sharing nothing with
 * what it checks.
 */
final class NaiveTree {
  private NaiveTree() {}

  static List<byte[]> entries(int size) {
    return IntStream.range(0, size)
        .mapToObj(i -> ("entry " + i).getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  static Sha256 mth(List<byte[]> d) {
    if (d.isEmpty()) {
      return hash();
    }
    if (d.size() == 1) {
      return hash(new byte[] {0}, d.get(0));
    }
    int k = split(d.size());
    return hash(
        new byte[] {1},
        mth(d.subList(0, k)).toByteArray(),
        mth(d.subList(k, d.size())).toByteArray());
  }

  static List<Sha256> path(int m, List<byte[]> d) {
    if (d.size() == 1) {
      return List.of();
    }
    int k = split(d.size());
    return m < k
        ? join(path(m, d.subList(0, k)), mth(d.subList(k, d.size())))
        : join(path(m - k, d.subList(k, d.size())), mth(d.subList(0, k)));
  }

  static List<Sha256> proof(int m, List<byte[]> d) {
    return subproof(m, d, true);
  }

  private static List<Sha256> subproof(int m, List<byte[]> d, boolean b) {
    int n = d.size();
    if (m == n) {
      return b ? List.of() : List.of(mth(d));
    }
    int k = split(n);
    return m <= k
        ? join(subproof(m, d.subList(0, k), b), mth(d.subList(k, n)))
        : join(subproof(m - k, d.subList(k, n), false), mth(d.subList(0, k)));
  }

  /** A {@link HashReader} that hashes everything anew each time. */
  static HashReader reader(List<byte[]> d) {
    return (level, index) -> mth(d.subList((int) (index << level), (int) ((index + 1) << level)));
  }

  private static int split(int n) {
    int k = 1;
    while (2 * k < n) {
      k *= 2;
    }
    return k;
  }

  private static List<Sha256> join(List<Sha256> hashes, Sha256 last) {
    List<Sha256> joined = new ArrayList<>(hashes);
    joined.add(last);
    return joined;
  }

  private static Sha256 hash(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    try {
      return Sha256.parse(Hex.encodeHexString(DigestUtils.sha256(all.array())));
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }
}
