package org.whonix2.e2e.bench;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Times as ratios to a yardstick measured in the same run. */
final class Stopwatch {
  private static final int WARM_UP = 5;
  private static final int ROUNDS = 11;

  /** What was made last, for all to see: so no work can be left out as useless. */
  static volatile @Nullable Object made;

  private final double unit;

  /** Takes the time of the yardstick, which every other is then divided by. */
  Stopwatch(String yardstick, Work work) throws Exception {
    this.unit = median(work);
    System.out.printf("%nTimes; 1.00 is %s, %.2f ms here.%n", yardstick, unit / 1e6);
  }

  /** Something to be timed. */
  interface Work {
    Object run() throws Exception;
  }

  void print(String what, Work work) throws Exception {
    double time = median(work);
    System.out.printf("  %-58s %8.3f   (%.2f ms)%n", what, time / unit, time / 1e6);
  }

  private static double median(Work work) throws Exception {
    long[] times = new long[ROUNDS];
    for (int i = -WARM_UP; i < ROUNDS; i++) {
      long start = System.nanoTime();
      made = work.run();
      if (i >= 0) {
        times[i] = System.nanoTime() - start;
      }
    }
    Arrays.sort(times);
    return times[ROUNDS / 2];
  }
}
