package org.whonix2.io.progress;

import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One line when a phase starts and one, with its seconds, when it ends: for logs and pipes. */
final class LineProgress implements Progress {
  private final PrintStream out;
  private @Nullable String running;
  private long startedNanos;

  LineProgress(PrintStream out) {
    this.out = out;
  }

  @Override
  public void phase(String what) {
    done();
    running = what;
    startedNanos = System.nanoTime();
    out.println(what + " ...");
  }

  @Override
  public void phase(String what, long steps) {
    phase(what);
  }

  @Override
  public void advance(long steps) {}

  @Override
  public void done() {
    if (running != null) {
      double seconds = (System.nanoTime() - startedNanos) / 1e9;
      out.println(running + ": " + String.format(Locale.ROOT, "%.1f s", seconds));
      running = null;
    }
  }
}
