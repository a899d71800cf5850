package org.whonix2.rebuilder.cli;

import java.util.concurrent.Callable;
import org.whonix2.io.cli.ExitCode;
import picocli.CommandLine.Command;

/** Makes a rebuilder's key. */
@Command(name = "keygen", mixinStandardHelpOptions = true)
final class KeygenCommand implements Callable<ExitCode> {
  @Override
  public ExitCode call() {
    return ExitCode.DONE;
  }
}
