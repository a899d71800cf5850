package org.whonix2.io.cli;

import org.jspecify.annotations.Nullable;

/** A command that cannot go on: why, what the user can do, and the exit code. */
public final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final @Nullable String hint;

  public CommandException(ExitCode exitCode, String message) {
    this(exitCode, message, null, null);
  }

  public CommandException(ExitCode exitCode, String message, @Nullable String hint) {
    this(exitCode, message, hint, null);
  }

  public CommandException(
      ExitCode exitCode, String message, @Nullable String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  public ExitCode exitCode() {
    return exitCode;
  }

  /** What to do about it, or null when the message says it all. */
  public @Nullable String hint() {
    return hint;
  }
}
