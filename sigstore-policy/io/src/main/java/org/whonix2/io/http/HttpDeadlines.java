package org.whonix2.io.http;

import java.time.Duration;

/**
 * How long a call may take.
 *
 * @param connect for finding the address and again for each address that is tried
 * @param total for the whole call, from the request to the answer's last byte
 */
public record HttpDeadlines(Duration connect, Duration total) {
  /** For evidence over a plain connection. */
  public static final HttpDeadlines STANDARD =
      new HttpDeadlines(Duration.ofSeconds(10), Duration.ofSeconds(60));

  public HttpDeadlines {
    if (connect.toMillis() < 1 || total.toMillis() < 1) {
      throw new IllegalArgumentException("no time at all: " + connect + ", " + total);
    }
  }
}
