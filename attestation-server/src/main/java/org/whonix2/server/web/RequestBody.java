package org.whonix2.server.web;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.RequestTimeoutResponse;
import io.javalin.http.ServiceUnavailableResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** A request's body, read no further and no longer than its limits whatever it claims to be. */
public final class RequestBody {
  private static final Duration DEADLINE = Duration.ofSeconds(15);
  private static final int STEP = 8 * 1024;

  /**
   * What is read and dropped of a body that says it is too long: a sender that is still writing
   * when the connection is closed does not see the answer.
   */
  private static final int DROPPED = 1024 * 1024;

  /** Bodies that may arrive at a time: slow senders must leave threads to everybody else. */
  private static final Semaphore ARRIVING = new Semaphore(16);

  private RequestBody() {}

  /**
   * The whole body.
   *
   * @throws ContentTooLargeResponse if it is longer than {@code limit} bytes
   * @throws RequestTimeoutResponse if it has not arrived in time
   * @throws BadRequestResponse if the sender ends it before its end
   * @throws ServiceUnavailableResponse if too many others arrive at this moment
   */
  public static byte[] read(Context context, int limit) {
    if (!ARRIVING.tryAcquire()) {
      context.header("Retry-After", "5");
      throw new ServiceUnavailableResponse("too many requests with a body at a time");
    }
    try {
      return readWhole(context, limit);
    } finally {
      ARRIVING.release();
    }
  }

  /**
   * Reads a body that is not wanted, as far as one is read and dropped, so that its sender sees the
   * answer. One who waits to be asked for it is not asked.
   */
  public static void drop(Context context) {
    if (context.header("Expect") != null || !ARRIVING.tryAcquire()) {
      return;
    }
    try {
      read(context.bodyInputStream(), DROPPED);
    } catch (HttpResponseException e) {
      // It is refused for another reason already.
    } finally {
      ARRIVING.release();
    }
  }

  private static byte[] readWhole(Context context, int limit) {
    boolean saysTooLong = context.req().getContentLengthLong() > limit;
    byte[] body = read(context.bodyInputStream(), saysTooLong ? DROPPED : limit + 1);
    if (saysTooLong || body.length > limit) {
      throw new ContentTooLargeResponse(
          "expected a body of at most " + limit + " bytes, found more");
    }
    return body;
  }

  private static byte[] read(InputStream in, int most) {
    long started = System.nanoTime();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    byte[] step = new byte[STEP];
    try {
      // One read waits no longer than the connection's idle timeout, but a drip is never idle.
      int count = in.read(step);
      while (count >= 0) {
        body.write(step, 0, count);
        if (System.nanoTime() - started > DEADLINE.toNanos()) {
          throw new RequestTimeoutResponse(
              "expected the whole body within " + DEADLINE.toSeconds() + " seconds");
        }
        count = body.size() < most ? in.read(step) : -1;
      }
      return body.toByteArray();
    } catch (IOException e) {
      throw new BadRequestResponse("expected the whole body, found no end of it");
    }
  }
}
