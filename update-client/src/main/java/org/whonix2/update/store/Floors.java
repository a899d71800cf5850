package org.whonix2.update.store;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.verdict.Kept;

/**
 * What this box does not go back behind: a time that has passed, and for each policy by name the
 * largest serial that was in force. As text: {@code clock <seconds since 1970>}, then lines {@code
 * policy <name> <serial>}.
 */
public final class Floors {
  static final int MAX_BYTES = 64 << 10;

  private static final Pattern CLOCK = Pattern.compile("clock ([0-9]{1,12})");
  private static final Pattern POLICY =
      Pattern.compile("policy ([A-Za-z0-9][A-Za-z0-9._-]{0,63}) ([1-9][0-9]{0,9})");

  private final Instant clock;
  private final SortedMap<String, Integer> serials;

  private Floors(Instant clock, SortedMap<String, Integer> serials) {
    this.clock = clock;
    this.serials = Collections.unmodifiableSortedMap(serials);
  }

  static Floors none() {
    return new Floors(Instant.EPOCH, new TreeMap<>());
  }

  static Floors parse(byte[] text) throws MalformedInputException {
    String all = new String(text, StandardCharsets.ISO_8859_1);
    if (!all.endsWith("\n")) {
      // A cut line could be a smaller serial.
      throw new MalformedInputException(
          "expected lines that end with a line feed, found "
              + (all.isEmpty() ? "nothing" : "none"));
    }
    String[] lines = all.substring(0, all.length() - 1).split("\n", -1);
    Matcher first = CLOCK.matcher(lines[0]);
    if (!first.matches()) {
      throw unexpected(1, "'clock' and seconds since 1970", lines[0]);
    }
    SortedMap<String, Integer> serials = new TreeMap<>();
    for (int number = 2; number <= lines.length; number++) {
      String line = lines[number - 1];
      Matcher policy = POLICY.matcher(line);
      if (!policy.matches()) {
        throw unexpected(number, "'policy', a name and a serial", line);
      }
      long serial = Long.parseLong(policy.group(2));
      if (serial > Integer.MAX_VALUE) {
        throw unexpected(number, "a serial of at most " + Integer.MAX_VALUE, line);
      }
      if (serials.put(policy.group(1), (int) serial) != null) {
        throw unexpected(number, "each policy once", line);
      }
    }
    return new Floors(Instant.ofEpochSecond(Long.parseLong(first.group(1))), serials);
  }

  private static MalformedInputException unexpected(int number, String expected, String line) {
    return new MalformedInputException(
        "line " + number + ": expected " + expected + ", found " + Quoted.of(line));
  }

  byte[] toBytes() {
    StringBuilder text = new StringBuilder("clock ").append(clock.getEpochSecond()).append('\n');
    serials.forEach(
        (name, serial) ->
            text.append("policy ").append(name).append(' ').append(serial).append('\n'));
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** With this time passed: floors only rise. */
  public Floors raised(Instant passed) {
    return passed.isAfter(clock) ? new Floors(passed, serials) : this;
  }

  /** With this policy in force: floors only rise. */
  public Floors raised(String policy, int serial) {
    SortedMap<String, Integer> more = new TreeMap<>(serials);
    more.merge(policy, serial, Math::max);
    return new Floors(clock, more);
  }

  /** What holds under this policy. */
  public Kept under(String policy) {
    return new Kept(serials.getOrDefault(policy, 0), clock);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Floors that && clock.equals(that.clock) && serials.equals(that.serials);
  }

  @Override
  public int hashCode() {
    return 31 * clock.hashCode() + serials.hashCode();
  }
}
