package org.whonix2.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.cli.StateOptions;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.server.roster.MemberName;
import org.whonix2.server.roster.Roster;
import org.whonix2.server.roster.RosterChange;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "roster",
    description = "Says whose attestations the log takes in; a running server sees it at once.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {RosterCommand.Add.class, RosterCommand.Remove.class, RosterCommand.List.class})
final class RosterCommand {
  private RosterCommand() {}

  @Command(name = "add", description = "Admits a rebuilder.", mixinStandardHelpOptions = true)
  static final class Add implements Callable<ExitCode> {
    @Mixin private StateOptions options = new StateOptions();

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "its name here")
    private String name = "";

    @Parameters(
        paramLabel = "CERTIFICATE-FILE",
        description = "its OpenPGP certificate, armored or binary")
    private Path file = Path.of("");

    @Override
    public ExitCode call() throws IOException, MalformedInputException, CommandException {
      MemberName member = MemberName.parse(name);
      Certificate certificate;
      try {
        certificate = Certificate.parse(AtomicFiles.read(file, Certificate.MAX_BYTES));
      } catch (MalformedInputException e) {
        throw e.at(file.toString());
      }
      return exitCode(new Roster(options.state()).add(member, certificate));
    }
  }

  @Command(
      name = "remove",
      description = "Takes in nothing more from a rebuilder; what is logged stays.",
      mixinStandardHelpOptions = true)
  static final class Remove implements Callable<ExitCode> {
    @Mixin private StateOptions options = new StateOptions();

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "its name here")
    private String name = "";

    @Override
    public ExitCode call() throws IOException, MalformedInputException, CommandException {
      return exitCode(new Roster(options.state()).remove(MemberName.parse(name)));
    }
  }

  @Command(
      name = "list",
      description = "Prints name and fingerprint of every rebuilder, a line each.",
      mixinStandardHelpOptions = true)
  static final class List implements Callable<ExitCode> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private StateOptions options = new StateOptions();

    @Override
    public ExitCode call() throws IOException {
      new Roster(options.state())
          .members()
          .forEach(
              (name, certificate) ->
                  spec.commandLine().getOut().println(name + " " + certificate.fingerprint()));
      return ExitCode.DONE;
    }
  }

  private static ExitCode exitCode(RosterChange change) throws CommandException {
    if (change instanceof RosterChange.Refused refused) {
      throw new CommandException(ExitCode.USAGE, refused.why());
    }
    return ExitCode.DONE;
  }
}
