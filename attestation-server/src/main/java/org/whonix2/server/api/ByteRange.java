package org.whonix2.server.api;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One range of bytes (RFC 9110, section 14).
 *
 * @param to the first byte that is not in it
 */
record ByteRange(long from, long to) {
  private static final Pattern FORM = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  /**
   * What a header asks for of a file; empty for everything: without a header, or with one that is
   * not of the one form taken here, which a server may ignore.
   */
  static Optional<ByteRange> of(@Nullable String header, long size) {
    Matcher form = FORM.matcher(header == null ? "" : header);
    if (!form.matches()) {
      return Optional.empty();
    }
    String first = form.group(1);
    String last = form.group(2);
    if (first.isEmpty()) {
      // The last so many bytes.
      return last.isEmpty()
          ? Optional.empty()
          : Optional.of(new ByteRange(Math.max(0, size - Long.parseLong(last)), size));
    }
    long from = Long.parseLong(first);
    long to = last.isEmpty() ? size : Math.min(size, Long.parseLong(last) + 1);
    if (!last.isEmpty() && Long.parseLong(last) < from) {
      return Optional.empty();
    }
    return Optional.of(new ByteRange(from, Math.max(from, to)));
  }

  /** Whether nothing of the file is in it. */
  boolean isBeyond(long size) {
    return from >= size || length() == 0;
  }

  long length() {
    return to - from;
  }
}
