package org.whonix2.core.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * By when a log's tree had reached which size, as far as one follower saw it: for each size that it
 * followed the log to, a time by which the tree was there by the word of enough witnesses. An entry
 * stood in the log at the latest by the first such time of a larger tree. That is all the time
 * there is in a log that does not depend on the word of whoever made the entry.
 *
 * <p>As text, a line for each size, both columns ascending: size, space, seconds since 1970.
 */
public final class WitnessedTimes {
  /** The most bytes of the text. */
  public static final int MAX_BYTES = 1 << 20;

  private static final int MOST = 20_000;
  private static final Pattern LINE = Pattern.compile("([1-9][0-9]{0,15}) (0|[1-9][0-9]{0,11})");

  private final NavigableMap<Long, Instant> bySize;

  private WitnessedTimes(NavigableMap<Long, Instant> bySize) {
    this.bySize = Collections.unmodifiableNavigableMap(bySize);
  }

  /** Before the first tree. */
  public static WitnessedTimes none() {
    return new WitnessedTimes(new TreeMap<>());
  }

  /** Reads the text; the inverse of {@link #toBytes}. */
  public static WitnessedTimes parse(byte[] text) throws MalformedInputException {
    Lines lines = new Lines(Lines.decode(text, MAX_BYTES, "times"), "times");
    NavigableMap<Long, Instant> bySize = new TreeMap<>();
    while (lines.hasNext()) {
      String line = lines.next("a size and a time");
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new MalformedInputException("expected a size and a time, found " + Quoted.of(line));
      }
      long size = Long.parseLong(matcher.group(1));
      Instant time = Instant.ofEpochSecond(Long.parseLong(matcher.group(2)));
      Map.Entry<Long, Instant> last = bySize.lastEntry();
      boolean ascending = last == null || (last.getKey() < size && last.getValue().isBefore(time));
      if (!ascending || bySize.size() >= MOST) {
        throw new MalformedInputException(
            "expected at most " + MOST + " sizes and times, ascending, found " + Quoted.of(line));
      }
      bySize.put(size, time);
    }
    return new WitnessedTimes(bySize);
  }

  /**
   * With a tree of this size there by then, as {@link QuorumResult.Met#by} has it. What a larger
   * tree's earlier time makes useless is left out; of too many the finer steps are.
   */
  public WitnessedTimes with(long size, Instant time) {
    Instant whole = Instant.ofEpochSecond(time.getEpochSecond());
    if (size < 1 || bySize.tailMap(size).values().stream().anyMatch(t -> !t.isAfter(whole))) {
      return this;
    }
    NavigableMap<Long, Instant> more = new TreeMap<>(bySize);
    more.headMap(size).values().removeIf(earlier -> !earlier.isBefore(whole));
    more.put(size, whole);
    if (more.size() > MOST) {
      int[] place = {0};
      more.keySet().removeIf(each -> ++place[0] % 2 == 1 && each != size);
    }
    return new WitnessedTimes(more);
  }

  /**
   * By when this entry stood in the log.
   *
   * @param otherwise what holds where nothing is known
   */
  public Instant of(long index, Instant otherwise) {
    Map.Entry<Long, Instant> larger = bySize.higherEntry(index);
    return larger != null && larger.getValue().isBefore(otherwise) ? larger.getValue() : otherwise;
  }

  public byte[] toBytes() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<Long, Instant> entry : bySize.entrySet()) {
      text.append(entry.getKey()).append(' ').append(entry.getValue().getEpochSecond());
      text.append('\n');
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
