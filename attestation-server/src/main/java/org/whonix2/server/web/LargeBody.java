package org.whonix2.server.web;

import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.RequestTimeoutResponse;
import io.javalin.http.ServiceUnavailableResponse;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Bodies that do not fit into memory, in and out: in steps of a constant size, few at a time, and
 * none for longer than its length allows at the slowest rate.
 */
public final class LargeBody {
  private static final int STEP = 64 * 1024;
  private static final Duration GRACE = Duration.ofSeconds(30);

  /** Bytes a second, also through networks that hide who asks. */
  private static final long SLOWEST = 32 * 1024;

  private static final Semaphore ARRIVING = new Semaphore(16);
  private static final Semaphore LEAVING = new Semaphore(24);

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
   *
   * @param length of the body
   */
  public static <T> T receive(Context context, long length, Receiver<T> receiver)
      throws IOException {
    enter(context, ARRIVING);
    try {
      return receiver.receive(new Arriving(context.bodyInputStream(), length));
    } finally {
      ARRIVING.release();
    }
  }

  /** Answers with so many bytes of a stream, whose headers must have been set before. */
  public static void send(Context context, InputStream content, long length) throws IOException {
    enter(context, LEAVING);
    try {
      context.res().setContentLengthLong(length);
      OutputStream out = context.res().getOutputStream();
      long ends = ends(length);
      byte[] step = new byte[STEP];
      long left = length;
      while (left > 0) {
        int count = content.read(step, 0, (int) Math.min(STEP, left));
        if (count < 0) {
          throw new IOException("the content is shorter than it was");
        }
        if (System.nanoTime() - ends > 0) {
          throw new BrokenOff("the reader is too slow");
        }
        try {
          out.write(step, 0, count);
        } catch (IOException e) {
          throw new BrokenOff(String.valueOf(e.getMessage()));
        }
        left -= count;
      }
    } finally {
      LEAVING.release();
    }
  }

  private static void enter(Context context, Semaphore semaphore) {
    if (!semaphore.tryAcquire()) {
      context.header("Retry-After", "5");
      throw new ServiceUnavailableResponse("too many large bodies at a time");
    }
  }

  private static long ends(long length) {
    return System.nanoTime() + GRACE.plusSeconds(length / SLOWEST).toNanos();
  }

  /** Ends with an answer where the sender breaks off or drips. */
  private static final class Arriving extends FilterInputStream {
    private final long ends;

    Arriving(InputStream in, long length) {
      super(in);
      this.ends = ends(length);
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("one byte at a time");
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      if (System.nanoTime() - ends > 0) {
        throw new RequestTimeoutResponse(
            "expected the whole body at " + SLOWEST + " bytes a second or faster");
      }
      try {
        return super.read(to, offset, length);
      } catch (IOException e) {
        throw new BadRequestResponse("expected the whole body, found no end of it");
      }
    }
  }
}
