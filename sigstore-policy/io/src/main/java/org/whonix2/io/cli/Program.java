package org.whonix2.io.cli;

import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import picocli.CommandLine;

/**
 * Runs a picocli command by our conventions: errors are an {@code error:} line and, where there is
 * something to do, a {@code hint:} line on standard error; the exit code is an {@link ExitCode}.
 * Commands return {@link ExitCode} from {@code Callable.call}.
 */
public final class Program {
  private Program() {}

  /** Parses, runs and gives the exit code; never throws. */
  public static int run(Object command, String... args) {
    return commandLine(command).execute(args);
  }

  /** As {@link #run(Object, String...)}, with other places to print to. */
  public static int run(Object command, PrintWriter out, PrintWriter err, String... args) {
    return commandLine(command).setOut(out).setErr(err).execute(args);
  }

  private static CommandLine commandLine(Object command) {
    return new CommandLine(command)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Program::wrongUsage)
        .setExecutionExceptionHandler((e, failed, parsed) -> failure(e, failed))
        .setExitCodeExceptionMapper(e -> ExitCode.OUTSIDE_FAILED.number())
        .setExecutionStrategy(
            parsed -> {
              int code = new CommandLine.RunLast().execute(parsed);
              CommandLine last =
                  parsed.asCommandLineList().get(parsed.asCommandLineList().size() - 1);
              return last.getExecutionResult() instanceof ExitCode result ? result.number() : code;
            });
  }

  private static int wrongUsage(CommandLine.ParameterException e, String[] args) {
    CommandLine failed = e.getCommandLine();
    print(
        failed.getErr(),
        String.valueOf(e.getMessage()),
        "run '" + failed.getCommandSpec().qualifiedName() + " --help'");
    return ExitCode.USAGE.number();
  }

  private static int failure(Exception e, CommandLine failed) {
    PrintWriter err = failed.getErr();
    if (System.getenv("WHONIX2_DEBUG") != null) {
      e.printStackTrace(err);
    }
    if (e instanceof CommandException known) {
      print(err, String.valueOf(known.getMessage()), known.hint());
      return known.exitCode().number();
    }
    if (e instanceof MalformedInputException) {
      print(err, String.valueOf(e.getMessage()), null);
      return ExitCode.USAGE.number();
    }
    if (e instanceof IOException) {
      print(err, e.getClass().getSimpleName() + ": " + e.getMessage(), null);
      return ExitCode.OUTSIDE_FAILED.number();
    }
    print(
        err,
        "internal error: " + e,
        "this is a bug in the program, nothing was accepted; WHONIX2_DEBUG=1 prints where");
    return ExitCode.OUTSIDE_FAILED.number();
  }

  private static void print(PrintWriter err, String message, @Nullable String hint) {
    err.println("error: " + message);
    if (hint != null) {
      err.println("hint: " + hint);
    }
    err.flush();
  }
}
