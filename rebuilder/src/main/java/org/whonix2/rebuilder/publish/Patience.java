package org.whonix2.rebuilder.publish;

import java.time.Duration;
import java.util.Optional;
import org.whonix2.io.http.HttpAnswer;

/**
 * How often, and for how long in all, one run comes again to a server that says when: its log may
 * take in many entries at this moment, and know some seconds later which files they name.
 */
final class Patience {
  /** With one request. */
  static final int TRIES = 6;

  /** Before all requests together. */
  static final Duration IN_ALL = Duration.ofMinutes(3);

  private static final Duration LEAST = Duration.ofSeconds(1);

  /** Lets time pass. */
  interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
  }

  private final Sleeper sleeper;
  private Duration left = IN_ALL;

  Patience(Sleeper sleeper) {
    this.sleeper = sleeper;
  }

  static Patience standard() {
    return new Patience(time -> Thread.sleep(time.toMillis()));
  }

  /**
   * How long to pause before a request is made again, if it is.
   *
   * @param next 2 for the second try
   * @param answer to the try before
   */
  Optional<Duration> before(int next, HttpAnswer answer) {
    boolean later = answer.status() == 429 || answer.status() == 503;
    return answer
        .retryAfter()
        .filter(asked -> later && next <= TRIES)
        .map(asked -> asked.compareTo(LEAST) < 0 ? LEAST : asked)
        .filter(asked -> asked.compareTo(left) <= 0);
  }

  void pause(Duration time) throws InterruptedException {
    left = left.minus(time);
    sleeper.sleep(time);
  }
}
