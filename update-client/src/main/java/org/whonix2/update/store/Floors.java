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
      Pattern.compile("policy ([A-Za-z0-9][A-Za-z0-9._-]{0,63}) ([1-9][0-9]{0,8})");

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
    Instant clock = Instant.EPOCH;
    SortedMap<String, Integer> serials = new TreeMap<>();
    int number = 0;
    for (String line : new String(text, StandardCharsets.ISO_8859_1).lines().toList()) {
      Matcher clockLine = CLOCK.matcher(line);
      Matcher policyLine = POLICY.matcher(line);
      number++;
      if (number == 1 && clockLine.matches()) {
        clock = Instant.ofEpochSecond(Long.parseLong(clockLine.group(1)));
      } else if (number == 1
          || !policyLine.matches()
          || serials.put(policyLine.group(1), Integer.valueOf(policyLine.group(2))) != null) {
        throw new MalformedInputException(
            "line " + number + ": expected 'clock' or 'policy', found " + Quoted.of(line));
      }
    }
    if (number == 0) {
      throw new MalformedInputException("expected 'clock' in the first line, found nothing");
    }
    return new Floors(clock, serials);
  }

  byte[] toBytes() {
    StringBuilder text = new StringBuilder("clock ").append(clock.getEpochSecond()).append('\n');
    serials.forEach(
        (name, serial) ->
            text.append("policy ").append(name).append(' ').append(serial).append('\n'));
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** With this time passed, and this policy in force: floors only rise. */
  public Floors raised(Instant passed, String policy, int serial) {
    SortedMap<String, Integer> more = new TreeMap<>(serials);
    more.merge(policy, serial, Math::max);
    return new Floors(passed.isAfter(clock) ? passed : clock, more);
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
