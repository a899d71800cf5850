package org.whonix2.io.progress;

/**
 * What long work tells about itself. One phase at a time; a new phase ends the one before.
 * Implementations write to standard error only, so that standard output stays the program's answer.
 */
public interface Progress extends AutoCloseable {
  /** A phase whose length nobody knows, such as a build. */
  void phase(String what);

  /** A phase of a known number of steps. */
  void phase(String what, long steps);

  /** So many more steps of the running phase are done. */
  void advance(long steps);

  /** Ends the running phase, if there is one. */
  void done();

  /** As {@link #done}. */
  @Override
  default void close() {
    done();
  }

  /** The right kind for where standard error goes: bars on a terminal, lines otherwise. */
  static Progress onStandardError() {
    boolean terminal = System.getenv("TERM") != null && Terminal.isStandardError();
    return terminal ? new TerminalProgress() : new LineProgress(System.err);
  }

  /** Says nothing. */
  static Progress silent() {
    return new Progress() {
      @Override
      public void phase(String what) {}

      @Override
      public void phase(String what, long steps) {}

      @Override
      public void advance(long steps) {}

      @Override
      public void done() {}
    };
  }
}
