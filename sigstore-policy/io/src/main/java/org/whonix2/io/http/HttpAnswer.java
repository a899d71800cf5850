package org.whonix2.io.http;

import java.net.URI;
import java.util.Optional;

/** A whole answer, whatever its status. */
public final class HttpAnswer {
  private final URI uri;
  private final int status;
  private final Optional<String> contentType;
  private final byte[] body;

  HttpAnswer(URI uri, int status, Optional<String> contentType, byte[] body) {
    this.uri = uri;
    this.status = status;
    this.contentType = contentType;
    this.body = body;
  }

  public int status() {
    return status;
  }

  /** The Content-Type header as it came. */
  public Optional<String> contentType() {
    return contentType;
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
