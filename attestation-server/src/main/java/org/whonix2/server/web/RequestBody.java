package org.whonix2.server.web;

import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Context;
import io.javalin.http.RequestTimeoutResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** A request's body, read no further and no longer than its limits whatever it claims to be. */
public final class RequestBody {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int STEP = 8 * 1024;

  private RequestBody() {}

  /**
   * The whole body.
   *
   * @throws ContentTooLargeResponse if it is longer than {@code limit} bytes
   * @throws RequestTimeoutResponse if it has not arrived in time
   */
  public static byte[] read(Context context, int limit) throws IOException {
    String tooLong = "expected a body of at most " + limit + " bytes, found more";
    if (context.req().getContentLengthLong() > limit) {
      throw new ContentTooLargeResponse(tooLong);
    }
    long started = System.nanoTime();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] step = new byte[STEP];
    InputStream in = context.bodyInputStream();
    // One read waits no longer than the connection's idle timeout, but a drip is never idle.
    for (int count = in.read(step); count >= 0; count = in.read(step)) {
      body.write(step, 0, count);
      if (body.size() > limit) {
        throw new ContentTooLargeResponse(tooLong);
      }
      if (System.nanoTime() - started > DEADLINE.toNanos()) {
        throw new RequestTimeoutResponse(
            "expected the whole body within " + DEADLINE.toSeconds() + " seconds");
      }
    }
    return body.toByteArray();
  }
}
