package org.whonix2.rebuilder.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs to their end. Every program gets a parent-death signal, so that it does not survive
 * us even if we are killed; the kernel binds that signal to the starting thread, which is why the
 * methods here do not return before the program has ended. The umask is 022 whatever ours is: what
 * a program lays for others, such as a build root, depends on it.
 */
public final class Programs {
  /** The shell sets PWD where there is none; it is no variable of ours. */
  private static final List<String> BOUND =
      List.of(
          "setpriv",
          "--pdeathsig",
          "KILL",
          "--",
          "/bin/sh",
          "-c",
          "umask 022 && unset PWD && exec \"$@\"",
          "sh");

  private static final List<Path> FOLDERS =
      List.of(
          Path.of("/usr/local/sbin"),
          Path.of("/usr/local/bin"),
          Path.of("/usr/sbin"),
          Path.of("/usr/bin"),
          Path.of("/sbin"),
          Path.of("/bin"));

  private final Cancellation cancellation;

  public Programs(Cancellation cancellation) {
    this.cancellation = cancellation;
  }

  /**
   * For work that is no program's.
   *
   * @throws InterruptedIOException if we were told to stop
   */
  public void check() throws InterruptedIOException {
    cancellation.check();
  }

  /** Whether a program of this name is where executables are. */
  public static boolean isInstalled(String program) {
    return FOLDERS.stream().anyMatch(folder -> Files.isExecutable(folder.resolve(program)));
  }

  /**
   * Runs the program; it ends at its limits at the latest.
   *
   * @param output gets standard output and error as they come
   * @throws InterruptedIOException if we were told to stop; the program is dead then, too
   * @throws IOException if the program cannot be started, or {@code output} fails
   */
  public Outcome run(Command command, Limits limits, OutputStream output) throws IOException {
    ProcessBuilder builder = builder(command);
    builder.redirectErrorStream(true);
    return finish(builder, limits, output, OutputStream.nullOutputStream());
  }

  /** As {@link #run}, with standard output and standard error apart. */
  public Outcome run(Command command, Limits limits, OutputStream output, OutputStream errors)
      throws IOException {
    return finish(builder(command), limits, output, errors);
  }

  private static ProcessBuilder builder(Command command) {
    Command bound = command.behind(BOUND);
    ProcessBuilder builder =
        new ProcessBuilder(bound.arguments()).directory(bound.folder().toFile());
    builder.environment().clear();
    builder.environment().putAll(bound.environment());
    builder.redirectInput(Path.of("/dev/null").toFile());
    return builder;
  }

  private Outcome finish(
      ProcessBuilder builder, Limits limits, OutputStream output, OutputStream errors)
      throws IOException {
    cancellation.check();
    long started = System.nanoTime();
    RunningProgram program = new RunningProgram(builder.start(), limits.outputBytes());
    cancellation.add(program);
    try {
      Pump first = program.pump(program.process().getInputStream(), output);
      Pump second = program.pump(program.process().getErrorStream(), errors);
      if (!program.process().waitFor(limits.time().toMillis(), TimeUnit.MILLISECONDS)) {
        program.killFor(Ending.TIME_LIMIT);
      }
      int exitCode = program.process().waitFor();
      first.finish();
      second.finish();
      cancellation.check();
      return new Outcome(program.ending(), exitCode, Duration.ofNanos(System.nanoTime() - started));
    } catch (InterruptedException e) {
      program.kill();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + command(builder));
    } finally {
      cancellation.remove(program);
    }
  }

  private static String command(ProcessBuilder builder) {
    return builder.command().get(BOUND.size());
  }

  /** Copies one stream of the program on a thread of its own. */
  interface Pump {
    /** Waits for the stream's end. */
    void finish() throws IOException, InterruptedException;
  }

  /** One process with what it has printed so far. */
  private static final class RunningProgram implements Cancellation.Running {
    /** How long a killed program's namespaces get to vanish before their parent is killed too. */
    private static final int KILL_SECONDS = 10;

    /** How long a survivor of the program may hold the pipe open after the program's end. */
    private static final int DRAIN_MILLIS = 10_000;

    private final Process process;
    private final long outputLimit;
    private long printed;
    private Ending ending = Ending.EXITED;
    private volatile boolean killed;

    RunningProgram(Process process, long outputLimit) {
      this.process = process;
      this.outputLimit = outputLimit;
    }

    Process process() {
      return process;
    }

    synchronized Ending ending() {
      return ending;
    }

    void killFor(Ending reason) {
      synchronized (this) {
        if (ending == Ending.EXITED) {
          ending = reason;
        }
      }
      kill();
    }

    /**
     * Descendants first: where the program is unshare, its child is the namespace's first process,
     * with which the kernel kills all others before unshare itself ends. So once the program has
     * ended, none of them is left.
     */
    @Override
    public void kill() {
      killed = true;
      List<ProcessHandle> descendants = process.descendants().toList();
      descendants.forEach(ProcessHandle::destroyForcibly);
      try {
        if (descendants.isEmpty() || !process.waitFor(KILL_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }

    private synchronized boolean mayPrint(int bytes) {
      printed += bytes;
      return printed <= outputLimit;
    }

    Pump pump(InputStream from, OutputStream to) {
      IOException[] failure = new IOException[1];
      Thread thread =
          new Thread(
              () -> {
                try {
                  copy(from, to);
                } catch (IOException e) {
                  failure[0] = e;
                  kill();
                }
              },
              "output");
      thread.setDaemon(true);
      thread.start();
      return () -> {
        thread.join(DRAIN_MILLIS);
        if (thread.isAlive()) {
          throw new IOException("the program has ended, but something still holds its output open");
        }
        if (failure[0] != null) {
          throw failure[0];
        }
      };
    }

    /** To kill a process closes its streams, whoever reads them. */
    private int read(InputStream from, byte[] buffer) throws IOException {
      try {
        return from.read(buffer);
      } catch (IOException e) {
        if (killed) {
          return -1;
        }
        throw e;
      }
    }

    private void copy(InputStream from, OutputStream to) throws IOException {
      byte[] buffer = new byte[16_384];
      for (int n = read(from, buffer); n >= 0; n = read(from, buffer)) {
        if (!mayPrint(n)) {
          killFor(Ending.OUTPUT_LIMIT);
          return;
        }
        to.write(buffer, 0, n);
      }
    }
  }
}
