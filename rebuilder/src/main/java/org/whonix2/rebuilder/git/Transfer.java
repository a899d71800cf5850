package org.whonix2.rebuilder.git;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jgit.lib.EmptyProgressMonitor;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.jspecify.annotations.Nullable;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.process.Programs;

/**
 * All that comes over the network for one source and is made of it, in a limited time and amount.
 * JGit waits for a server in calls that nothing can end, so it does that in a thread of its own,
 * which is left behind if it must be: it ends with its connection, or with the process.
 */
final class Transfer {
  private static final long POLL_MILLIS = 100;

  private final Path folder;
  private final GitLimits limits;
  private final Programs programs;
  private final long deadline;
  private volatile boolean cancelled;

  /**
   * Begins now.
   *
   * @param folder that everything is written below
   * @param programs say whether we were told to stop
   */
  Transfer(Path folder, GitLimits limits, Programs programs) {
    this.folder = folder;
    this.limits = limits;
    this.programs = programs;
    this.deadline = System.nanoTime() + limits.time().toNanos();
  }

  Path folder() {
    return folder;
  }

  GitLimits limits() {
    return limits;
  }

  /** Tells JGit to end, where it asks. */
  ProgressMonitor monitor() {
    return new EmptyProgressMonitor() {
      @Override
      public boolean isCancelled() {
        return cancelled;
      }
    };
  }

  /**
   * Does something that waits for a server.
   *
   * @param where for errors
   * @throws ExecutionException with what the work itself failed of, errors included
   */
  <T> T run(String where, Callable<T> work)
      throws IOException, CommandException, ExecutionException {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "git");
    thread.setDaemon(true);
    thread.start();
    boolean done = false;
    try {
      while (true) {
        try {
          T result = task.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
          requireLittle(where);
          done = true;
          return result;
        } catch (TimeoutException e) {
          programs.check();
          requireLittle(where);
          requireTime(where);
        }
      }
    } catch (ExecutionException e) {
      done = true;
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      if (!done) {
        cancelled = true;
        task.cancel(true);
      }
    }
  }

  /**
   * Ends what goes on with what was fetched: a server chooses how much work its packs are.
   *
   * @param where for errors
   */
  void check(String where) throws IOException, CommandException {
    programs.check();
    requireTime(where);
  }

  private void requireTime(String where) throws CommandException {
    if (System.nanoTime() - deadline > 0) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          where + ": expected everything within " + limits.time().toSeconds() + " s");
    }
  }

  private void requireLittle(String where) throws IOException, CommandException {
    long[] bytes = {0};
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes[0] += attributes.size();
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            // JGit moved it meanwhile.
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    if (bytes[0] > limits.received()) {
      throw new CommandException(
          ExitCode.REFUSED,
          where + ": too large: expected at most " + limits.received() + " bytes, found more");
    }
  }
}
