package org.whonix2.io.http;

import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** A call over HTTP that brought no whole answer; the message says where, what and why. */
public final class FetchException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Also for callers with limits of their own, over several calls. */
  public FetchException(URI uri, String what) {
    this(uri, what, null);
  }

  FetchException(URI uri, String what, @Nullable Throwable cause) {
    super(uri + ": " + what, cause);
  }
}
