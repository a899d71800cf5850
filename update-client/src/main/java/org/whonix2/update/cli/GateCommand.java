package org.whonix2.update.cli;

import java.io.IOException;
import java.io.PrintWriter;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.update.gate.GateSetup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code whonix2-update gate install|remove|status}: what makes apt and dpkg obey. */
@Command(
    name = "gate",
    description = {
      "Puts the gate into apt and dpkg, takes it out, or says what it covers.",
      "It goes by /var/lib/whonix2 and by the policy that the last sync was given."
    },
    mixinStandardHelpOptions = true)
final class GateCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected install, remove or status");
  }

  @Command(
      name = "install",
      description = "From now on apt and dpkg ask before they unpack a package.",
      mixinStandardHelpOptions = true)
  ExitCode install() throws CommandException, IOException {
    return setup("install");
  }

  @Command(
      name = "remove",
      description = "Takes the gate out again and leaves everything as it was.",
      mixinStandardHelpOptions = true)
  ExitCode remove() throws CommandException, IOException {
    return setup("remove");
  }

  @Command(
      name = "status",
      description = {
        "Says what is covered and what could bypass it.",
        "Exits with 0 only if apt and dpkg both ask, and what is refused is stopped."
      },
      mixinStandardHelpOptions = true)
  ExitCode status(@Option(names = "--json", description = "print JSON") boolean json)
      throws CommandException, IOException {
    return json ? setup("status", "--json") : setup("status");
  }

  private ExitCode setup(String... arguments) throws CommandException, IOException {
    GateSetup gate = new GateSetup(GateSetup.INSTALLED);
    if (!gate.isInstalled()) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          "expected " + GateSetup.INSTALLED + ", found no such program",
          "the gate comes with the package whonix2-update (docs/operations.md)");
    }
    GateSetup.Answer answer = gate.run(arguments);
    PrintWriter out = spec.commandLine().getOut();
    out.print(answer.output());
    out.flush();
    return switch (answer.status()) {
      case 0 -> ExitCode.DONE;
      case 1 -> ExitCode.REFUSED;
      case 2 -> ExitCode.USAGE;
      default -> ExitCode.OUTSIDE_FAILED;
    };
  }
}
