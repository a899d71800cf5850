package org.whonix2.server.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.statement.CertificateUpdate;
import org.whonix2.core.statement.MemberName;
import org.whonix2.core.statement.RosterChange;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "roster",
    description = {
      "Says whose statements a running log takes in.",
      "Each change is signed by the operator's key and is itself an entry of the log."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RosterCommand.Add.class,
      RosterCommand.Remove.class,
      RosterCommand.Update.class,
      RosterCommand.List.class
    })
final class RosterCommand {
  private RosterCommand() {}

  /** What every change needs. */
  abstract static class Change implements Callable<ExitCode> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private RosterOptions options = new RosterOptions();

    @Override
    public final ExitCode call() throws IOException, MalformedInputException, CommandException {
      try (RosterClient client = options.client()) {
        String done = change(client);
        spec.commandLine().getOut().println(done);
        spec.commandLine().getOut().flush();
      }
      return ExitCode.DONE;
    }

    abstract String change(RosterClient client)
        throws IOException, MalformedInputException, CommandException;

    final String submit(RosterClient client, MemberName member, RosterChange.Change change)
        throws IOException, MalformedInputException, CommandException {
      RosterListing roster = options.roster(client);
      long entry =
          client.submit(
              new RosterChange(roster.log(), roster.serial() + 1, member, change), options.key());
      return "entry " + entry + " of " + roster.log();
    }

    final String submit(RosterClient client, CertificateUpdate update)
        throws IOException, MalformedInputException, CommandException {
      RosterListing roster = options.roster(client);
      return "entry " + client.submit(update, options.key()) + " of " + roster.log();
    }
  }

  @Command(
      name = "add",
      description = "Admits somebody, such as a rebuilder or a reviewer.",
      mixinStandardHelpOptions = true)
  static final class Add extends Change {
    @Option(names = "--name", required = true, paramLabel = "NAME", description = "its name here")
    private String name = "";

    @Parameters(
        paramLabel = "CERTIFICATE-FILE",
        description = "its OpenPGP certificate, armored or binary")
    private Path file = Path.of("");

    @Override
    String change(RosterClient client)
        throws IOException, MalformedInputException, CommandException {
      MemberName member = MemberName.parse(name);
      Certificate certificate = CertificateFile.read(file);
      RosterChange.Change admission;
      try {
        admission = new RosterChange.Admit(certificate);
      } catch (IllegalArgumentException e) {
        throw new MalformedInputException(file + ": " + e.getMessage(), e);
      }
      return "admitted "
          + member
          + " "
          + certificate.fingerprint()
          + " by "
          + submit(client, member, admission);
    }
  }

  @Command(
      name = "remove",
      description = "Takes in nothing more from somebody; what is logged stays.",
      mixinStandardHelpOptions = true)
  static final class Remove extends Change {
    @Option(names = "--name", required = true, paramLabel = "NAME", description = "its name here")
    private String name = "";

    @Override
    String change(RosterClient client)
        throws IOException, MalformedInputException, CommandException {
      MemberName member = MemberName.parse(name);
      RosterListing.Line line =
          client
              .roster()
              .member(member)
              .orElseThrow(
                  () -> new CommandException(ExitCode.USAGE, member + " is not on the roster"));
      return "dismissed "
          + member
          + " "
          + line.fingerprint()
          + " by "
          + submit(
              client, member, new RosterChange.Dismiss(line.fingerprint(), line.certificate()));
    }
  }

  @Command(
      name = "update",
      description = {
        "Logs what became of a member's certificate, such as its revocation.",
        "Members log that themselves; this is for whoever has lost the key."
      },
      mixinStandardHelpOptions = true)
  static final class Update extends Change {
    @Parameters(
        paramLabel = "CERTIFICATE-FILE",
        description = "the certificate as it is now, armored or binary")
    private Path file = Path.of("");

    @Override
    String change(RosterClient client)
        throws IOException, MalformedInputException, CommandException {
      Certificate certificate = CertificateFile.read(file);
      CertificateUpdate update;
      try {
        update = new CertificateUpdate(certificate);
      } catch (IllegalArgumentException e) {
        throw new MalformedInputException(file + ": " + e.getMessage(), e);
      }
      return "updated " + certificate.fingerprint() + " by " + submit(client, update);
    }
  }

  @Command(
      name = "list",
      description = "Prints name and fingerprint of every member, a line each.",
      mixinStandardHelpOptions = true)
  static final class List implements Callable<ExitCode> {
    @Spec private CommandSpec spec = CommandSpec.create();
    @Mixin private RosterOptions.Server server = new RosterOptions.Server();

    @Option(names = "--json", description = "print the server's answer as it came")
    private boolean json;

    @Override
    public ExitCode call() throws IOException, MalformedInputException, CommandException {
      try (RosterClient client = server.client()) {
        byte[] answer = client.listing();
        RosterListing roster = RosterListing.parse(answer);
        String text = json ? new String(answer, StandardCharsets.UTF_8) + "\n" : roster.toString();
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
      }
      return ExitCode.DONE;
    }
  }
}
