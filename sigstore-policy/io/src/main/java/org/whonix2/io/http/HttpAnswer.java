package org.whonix2.io.http;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** A whole answer, whatever its status. */
public final class HttpAnswer {
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private final URI uri;
  private final int status;
  private final Optional<String> contentType;
  private final Optional<String> retryAfter;
  private final byte[] body;

  HttpAnswer(
      URI uri, int status, Optional<String> contentType, Optional<String> retryAfter, byte[] body) {
    this.uri = uri;
    this.status = status;
    this.contentType = contentType;
    this.retryAfter = retryAfter;
    this.body = body;
  }

  public int status() {
    return status;
  }

  /** The Content-Type header as it came. */
  public Optional<String> contentType() {
    return contentType;
  }

  /**
   * When the same request may be made again, from now: the Retry-After header (RFC 9110, section
   * 10.2.3), unless it is a date.
   */
  public Optional<Duration> retryAfter() {
    return retryAfter
        .filter(text -> SECONDS.matcher(text).matches())
        .map(text -> Duration.ofSeconds(Long.parseLong(text)));
  }

  public byte[] body() {
    return body.clone();
  }

  /** The body of an answer with status 200. */
  public byte[] bodyIfOk() throws FetchException {
    if (status != 200) {
      throw new FetchException(uri, "expected status 200, found " + status);
    }
    return body();
  }

  @Override
  public String toString() {
    return uri + ": status " + status + ", " + body.length + " bytes";
  }
}
