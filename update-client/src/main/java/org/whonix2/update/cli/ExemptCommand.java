package org.whonix2.update.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code whonix2-update exempt sign}: what a reviewer says. */
@Command(
    name = "exempt",
    description = "Says of a file, as a reviewer, that it may be installed all the same.",
    subcommands = ExemptSignCommand.class,
    mixinStandardHelpOptions = true)
final class ExemptCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected sign");
  }
}
