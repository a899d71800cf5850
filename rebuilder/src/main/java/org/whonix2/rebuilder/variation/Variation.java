package org.whonix2.rebuilder.variation;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.whonix2.rebuilder.sandbox.Surroundings;

/** One thing about a build's surroundings that must not change what comes out. */
public enum Variation {
  /** The clock. Year, month, day of the week, hour, minute and second become others. */
  TIME,
  /** The time zone, half a day away. */
  ZONE,
  /** Language, and with it character set, order and formats. */
  LOCALE,
  /** The modes that new files get. */
  UMASK,
  /** The name of the user who builds. */
  USER,
  /** The name of the machine. */
  HOST,
  /** The folder in which the source is unpacked. */
  PATH,
  /** How many processors there are to use. */
  PROCESSORS,
  /** In which order a folder lists its files. */
  FILE_ORDER,
  /** What the kernel says that it is. */
  PERSONALITY;

  private static final Duration LATER =
      Duration.ofDays(398).plusHours(5).plusMinutes(43).plusSeconds(21);

  /**
   * The usual surroundings with these things varied.
   *
   * @param clock what the clock shows at the start where time is not varied; the true time if empty
   * @param began when the first build did, which a varied time is far from
   */
  public static Surroundings applied(
      Set<Variation> varied, Surroundings usual, Optional<Instant> clock, Instant began) {
    return new Surroundings(
        varied.contains(USER) ? "varied-user" : usual.user(),
        varied.contains(HOST) ? "varied-host" : usual.host(),
        varied.contains(PATH) ? "/build/varied/other-path" : usual.buildPath(),
        varied.contains(ZONE) ? "GMT-14" : usual.timeZone(),
        varied.contains(LOCALE) ? "fr_CH.UTF-8" : usual.locale(),
        varied.contains(UMASK) ? 0002 : usual.umask(),
        varied.contains(PROCESSORS) ? otherThan(usual.processors()) : usual.processors(),
        varied.contains(TIME) ? Optional.of(began.plus(LATER)) : clock,
        varied.contains(FILE_ORDER) || usual.shuffledFiles(),
        varied.contains(PERSONALITY) ? Optional.of("linux32") : usual.personality());
  }

  private static int otherThan(int processors) {
    return processors == 1 ? 2 : 1;
  }

  /** Such as {@code file-order}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
