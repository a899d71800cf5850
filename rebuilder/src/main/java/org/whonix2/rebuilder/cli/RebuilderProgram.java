package org.whonix2.rebuilder.cli;

import org.whonix2.io.cli.Program;
import picocli.CommandLine.Command;

/** The program's commands. */
@Command(
    name = "whonix2-rebuilder",
    description = "Rebuilds Debian packages from source and attests what came out.",
    mixinStandardHelpOptions = true,
    version = "whonix2-rebuilder 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      KeygenCommand.class,
      RebuildCommand.class,
      BootstrapCommand.class,
      PublishCommand.class,
      RepositoryCommand.class,
      DoctorCommand.class
    })
public final class RebuilderProgram {
  RebuilderProgram() {}

  public static void main(String[] args) {
    System.exit(Program.run(new RebuilderProgram(), args));
  }
}
