package org.whonix2.server.cli;

import org.whonix2.io.cli.Program;
import picocli.CommandLine.Command;

/** The program: a log of attestations, and a witness for logs. */
@Command(
    name = "whonix2-attestation-server",
    description = "Keeps a log of rebuilders' attestations, or witnesses such logs.",
    mixinStandardHelpOptions = true,
    version = "whonix2-attestation-server 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ServeCommand.class,
      CheckCommand.class,
      WitnessCommand.class,
      KeygenCommand.class,
      RosterCommand.class
    })
public final class ServerProgram {
  private ServerProgram() {}

  public static void main(String[] args) {
    System.exit(Program.run(new ServerProgram(), args));
  }
}
