package org.whonix2.server.web;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.RequestTimeoutResponse;
import io.javalin.http.ServiceUnavailableResponse;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Bodies that do not fit into memory, in and out: in steps of a constant size, few at a time, and
 * each only as long as it keeps its {@link Pace}.
 */
public final class LargeBody {
  private static final int STEP = 64 * 1024;
  private static final Duration GRACE = Duration.ofSeconds(30);

  /** Bytes a second, also through networks that hide who asks. */
  private static final long SLOWEST = 32 * 1024;

  private static final Semaphore ARRIVING = new Semaphore(16);
  private static final Semaphore LEAVING = new Semaphore(24);

  /** Answers that were made in memory. Those that fit into a connection's buffers are not large. */
  private static final Semaphore ANSWERS = new Semaphore(24);

  private static final int LARGE = 64 * 1024;

  private LargeBody() {}

  /** An answer cannot be brought to its end: the reader left or is too slow. */
  static final class BrokenOff extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenOff(String why) {
      super(why);
    }
  }

  /** What is done with a body that arrives. */
  public interface Receiver<T> {
    T receive(InputStream body) throws IOException;
  }

  /**
   * Takes a request's body in. Its stream throws what {@link RequestBody#read} throws, so that an
   * {@link IOException} is the receiver's own.
   */
  public static <T> T receive(Context context, Receiver<T> receiver) throws IOException {
    return receive(context, GRACE, receiver);
  }

  static <T> T receive(Context context, Duration grace, Receiver<T> receiver) throws IOException {
    enter(context, ARRIVING);
    try {
      return receiver.receive(new Arriving(context.bodyInputStream(), pace(grace)));
    } finally {
      ARRIVING.release();
    }
  }

  /** Answers with so many bytes of a stream, whose headers must have been set before. */
  public static void send(Context context, InputStream content, long length) throws IOException {
    send(context, LEAVING, GRACE, content, length);
  }

  static void send(Context context, Duration grace, InputStream content, long length)
      throws IOException {
    send(context, LEAVING, grace, content, length);
  }

  /** Sends the answer that was made, if it is a large one. */
  static void sendLarge(Context context) throws IOException {
    if (context.resultInputStream() instanceof ByteArrayInputStream answer
        && answer.available() > LARGE
        && !HandlerType.HEAD.equals(context.method())) {
      send(context, ANSWERS, GRACE, answer, answer.available());
    }
  }

  private static void send(
      Context context, Semaphore places, Duration grace, InputStream content, long length)
      throws IOException {
    enter(context, places);
    try {
      context.res().setContentLengthLong(length);
      Leaving out = new Leaving(context, pace(grace));
      byte[] step = new byte[STEP];
      long left = length;
      while (left > 0) {
        int count = content.read(step, 0, (int) Math.min(STEP, left));
        if (count < 0) {
          throw new IOException("the content is shorter than it was");
        }
        out.write(step, count);
        left -= count;
      }
    } finally {
      places.release();
    }
  }

  private static void enter(Context context, Semaphore semaphore) {
    if (!semaphore.tryAcquire()) {
      context.header("Retry-After", "5");
      throw new ServiceUnavailableResponse("too many large bodies at a time");
    }
  }

  private static Pace pace(Duration grace) {
    return new Pace(grace, SLOWEST, System::nanoTime);
  }

  /**
   * Ends where the reader leaves or drips. A write may wait for a reader who takes a byte now and
   * then, so it is not enough to look between two of them: the connection is closed under it.
   */
  private static final class Leaving {
    private final OutputStream out;
    private final ConnectionMetaData connection;
    private final Pace pace;

    Leaving(Context context, Pace pace) throws IOException {
      this.out = context.res().getOutputStream();
      this.connection =
          ServletContextRequest.getServletContextRequest(context.req()).getConnectionMetaData();
      this.pace = pace;
    }

    void write(byte[] step, int count) throws BrokenOff {
      Scheduler.Task end =
          connection
              .getConnector()
              .getScheduler()
              .schedule(
                  () -> connection.getConnection().getEndPoint().close(),
                  pace.left(),
                  TimeUnit.NANOSECONDS);
      try {
        out.write(step, 0, count);
      } catch (IOException e) {
        throw new BrokenOff("the reader left or is too slow: " + e.getMessage());
      } finally {
        end.cancel();
      }
      pace.moved(count);
    }
  }

  /** Ends with an answer where the sender breaks off or drips. */
  private static final class Arriving extends FilterInputStream {
    private final Pace pace;

    Arriving(InputStream in, Pace pace) {
      super(in);
      this.pace = pace;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("one byte at a time");
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      int count;
      try {
        // It waits no longer than the connection's idle timeout, but a drip is never idle.
        count = super.read(to, offset, length);
      } catch (IOException e) {
        throw new BadRequestResponse("expected the whole body, found no end of it");
      }
      if (count > 0) {
        pace.moved(count);
      }
      if (pace.left() <= 0) {
        throw new RequestTimeoutResponse(
            "expected the body at " + SLOWEST + " bytes a second or faster");
      }
      return count;
    }
  }
}
