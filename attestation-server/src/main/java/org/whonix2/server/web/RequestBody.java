package org.whonix2.server.web;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.RequestTimeoutResponse;
import io.javalin.http.ServiceUnavailableResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * A request's body, read no further and no longer than its limits whatever it claims to be. While
 * it arrives no thread waits for it.
 */
public final class RequestBody {
  private static final Duration DEADLINE = Duration.ofSeconds(15);

  /**
   * What is read and dropped of a body that says it is too long: a sender that is still writing
   * when the connection is closed does not see the answer.
   */
  private static final int DROPPED = 1024 * 1024;

  /** Bodies that may arrive at a time: at 64 KiB each, in buffers of twice that, 64 MiB. */
  private static final Semaphore ARRIVING = new Semaphore(512);

  /** Bodies that may arrive for nothing. */
  private static final Semaphore DROPPING = new Semaphore(64);

  private RequestBody() {}

  /** What is done with a whole body. */
  public interface Receiver {
    /** Returns when the request is answered. */
    CompletableFuture<?> receive(byte[] body) throws IOException;
  }

  /**
   * Answers a request when its whole body has arrived; with 413 if it is longer than {@code limit}
   * bytes, 408 if it has not arrived in time, 400 if the sender ends it before its end.
   *
   * @throws ServiceUnavailableResponse if too many others arrive at this moment
   */
  public static void receive(Context context, int limit, Receiver receiver) {
    if (!ARRIVING.tryAcquire()) {
      context.header("Retry-After", "5");
      throw new ServiceUnavailableResponse("too many requests with a body at a time");
    }
    boolean saysTooLong = context.req().getContentLengthLong() > limit;
    context.future(
        () ->
            read(context, saysTooLong ? 0 : limit + 1, saysTooLong ? DROPPED : limit + 1, ARRIVING)
                .thenCompose(
                    body ->
                        saysTooLong || body.length > limit
                            ? CompletableFuture.failedFuture(tooLong(limit))
                            : received(receiver, body)));
  }

  private static HttpResponseException tooLong(int limit) {
    return new ContentTooLargeResponse(
        "expected a body of at most " + limit + " bytes, found more");
  }

  private static CompletableFuture<Boolean> received(Receiver receiver, byte[] body) {
    try {
      return receiver.receive(body).thenApply(any -> true);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Reads a body that is not wanted, as far as one is read and dropped, so that its sender sees the
   * answer, which must have been made. One who waits to be asked for it is not asked.
   */
  public static void drop(Context context) {
    if (context.header("Expect") == null && DROPPING.tryAcquire()) {
      // If it does not arrive: it is refused for another reason already.
      context.future(() -> read(context, 0, DROPPED, DROPPING).exceptionally(e -> new byte[0]));
    }
  }

  private static CompletableFuture<byte[]> read(
      Context context, int kept, int most, Semaphore places) {
    ArrivingBody body;
    try {
      body = new ArrivingBody(context, kept, most);
    } catch (IOException | RuntimeException e) {
      places.release();
      return CompletableFuture.failedFuture(e);
    }
    return body.begin(
            DEADLINE,
            new RequestTimeoutResponse(
                "expected the whole body within " + DEADLINE.toSeconds() + " seconds"),
            new BadRequestResponse("expected the whole body, found no end of it"))
        .whenComplete((bytes, failure) -> places.release());
  }
}
