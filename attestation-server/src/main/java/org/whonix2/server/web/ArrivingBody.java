package org.whonix2.server.web;

import io.javalin.http.Context;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.thread.Scheduler;

/** A body that is read as it comes. Once it ended, one way or another, nothing touches it. */
final class ArrivingBody implements ReadListener {
  private static final int STEP = 8 * 1024;

  private final Connector connector;
  private final ServletInputStream in;
  private final int kept;
  private final int most;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
  private Exception brokenOff = new IOException("it has not begun");
  private int length;
  private boolean ended;

  /**
   * Prepares for the body of a request whose handling goes on later.
   *
   * @param kept bytes of it that are kept
   * @param most bytes of it that are read
   */
  ArrivingBody(Context context, int kept, int most) throws IOException {
    this.connector =
        ServletContextRequest.getServletContextRequest(context.req())
            .getConnectionMetaData()
            .getConnector();
    this.in = context.req().getInputStream();
    this.kept = kept;
    this.most = most;
  }

  /** Begins to read; the result are the bytes kept, or one of these failures. */
  CompletableFuture<byte[]> begin(Duration deadline, Exception tooLate, Exception breaksOff) {
    brokenOff = breaksOff;
    Scheduler.Task end =
        connector
            .getScheduler()
            .schedule(
                () -> connector.getExecutor().execute(() -> fail(tooLate)),
                deadline.toMillis(),
                TimeUnit.MILLISECONDS);
    in.setReadListener(this);
    return whole.whenComplete((bytes, failure) -> end.cancel());
  }

  @Override
  public void onDataAvailable() throws IOException {
    if (isEnough()) {
      complete();
    }
  }

  private synchronized boolean isEnough() throws IOException {
    byte[] step = new byte[STEP];
    while (!ended && length < most && in.isReady()) {
      int count = in.read(step);
      if (count < 0) {
        return false;
      }
      body.write(step, 0, Math.min(count, kept - body.size()));
      length += count;
    }
    return length >= most;
  }

  @Override
  public void onAllDataRead() {
    complete();
  }

  @Override
  public void onError(Throwable failure) {
    fail(brokenOff);
  }

  private void complete() {
    if (isFirstEnd()) {
      whole.complete(body.toByteArray());
    }
  }

  private void fail(Exception why) {
    if (isFirstEnd()) {
      whole.completeExceptionally(why);
    }
  }

  private synchronized boolean isFirstEnd() {
    boolean first = !ended;
    ended = true;
    return first;
  }
}
