package org.whonix2.update.cli;

import org.whonix2.io.cli.Program;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** {@code whonix2-update}: the box's side. */
@Command(
    name = "whonix2-update",
    description = "Refuses updates that too few independent rebuilders vouch for.",
    mixinStandardHelpOptions = true,
    version = "whonix2-update 0.1.0",
    subcommands = {
      SyncCommand.class,
      VerifyCommand.class,
      ExplainCommand.class,
      StatusCommand.class,
      GateCommand.class,
      ExemptCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "Exit codes: 0 done or accepted; 1 refused; 2 wrong usage or malformed input;",
      "3 evidence missing or stale; 4 proof of misbehaviour found; 5 the outside failed."
    })
public final class UpdateProgram {
  UpdateProgram() {}

  public static void main(String[] args) {
    System.exit(Program.run(new UpdateProgram(), args));
  }
}
