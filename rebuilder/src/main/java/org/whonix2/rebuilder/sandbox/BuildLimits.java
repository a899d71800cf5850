package org.whonix2.rebuilder.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a build may use at most.
 *
 * @param time wall-clock time for all steps together
 * @param logBytes what it may print
 * @param fileBytes the size of one file (RLIMIT_FSIZE)
 * @param processes processes and threads at one time
 * @param temporaryBytes of /dev/shm, which is in memory
 * @param memoryBytes of all its processes, with what lies in its temporary file systems in memory
 * @param diskBytes of its build folder, /tmp and /var/tmp together
 */
public record BuildLimits(
    Duration time,
    long logBytes,
    long fileBytes,
    int processes,
    long temporaryBytes,
    long memoryBytes,
    long diskBytes) {
  private static final long DISK = 16L << 30;

  /** Enough for any package that builds within this time: a quarter of the memory stays free. */
  public static BuildLimits within(Duration time) throws IOException {
    return new BuildLimits(
        time, 64L << 20, 8L << 30, 4096, 1L << 30, machineMemory() / 4 * 3, DISK);
  }

  /** The same with other bounds on memory and disk. */
  public BuildLimits with(long memory, long disk) {
    return new BuildLimits(time, logBytes, fileBytes, processes, temporaryBytes, memory, disk);
  }

  /** The same with another time. */
  public BuildLimits lasting(Duration other) {
    return new BuildLimits(
        other, logBytes, fileBytes, processes, temporaryBytes, memoryBytes, diskBytes);
  }

  /**
   * What a program is put behind to have the limits that hold for each process; memory and
   * processes are bounded so only where no control group counts them.
   */
  List<String> onEachProcess(boolean counted) {
    List<String> prlimit = new ArrayList<>(List.of("/usr/bin/prlimit", "--core=0"));
    prlimit.add("--fsize=" + fileBytes);
    if (!counted) {
      prlimit.add("--nproc=" + processes);
      prlimit.add("--data=" + memoryBytes);
    }
    prlimit.add("--");
    return prlimit;
  }

  /** An ordinary user's disk is in memory, so it has at most half of that. */
  long diskBytes(SubIds ids) {
    return ids.ordinary() ? Math.min(diskBytes, memoryBytes / 2) : diskBytes;
  }

  static long machineMemory() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
      String[] words = line.split("\\s+", -1);
      if (words[0].equals("MemTotal:")) {
        return Long.parseLong(words[1]) * 1024;
      }
    }
    throw new IOException("/proc/meminfo: expected MemTotal, found none");
  }
}
