package org.whonix2.server.cli;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.server.web.ListenAddress;
import org.whonix2.server.witness.WitnessServer;
import org.whonix2.server.witness.WitnessedLog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "witness",
    description = "Cosigns the checkpoints of logs; prints its address once it listens.",
    mixinStandardHelpOptions = true)
final class WitnessCommand implements Callable<ExitCode> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ServiceOptions service = new ServiceOptions();

  @Option(
      names = "--log",
      required = true,
      paramLabel = "[ORIGIN,]VKEY",
      description =
          "a log that is witnessed, by its public key; with its origin where that is not the"
              + " key's name; may be given often")
  private List<String> logs = List.of();

  @Override
  public ExitCode call() throws IOException, MalformedInputException, CommandException {
    ListenAddress address = service.address();
    List<TrustedLog> trusted = WitnessedLog.parseAll(logs);
    WitnessServer server =
        WitnessServer.start(
            address,
            service.state(),
            service.key(SignatureType.COSIGNATURE),
            trusted,
            Clock.systemUTC());
    UntilStopped.run(server.address(), server, spec.commandLine().getOut());
    return ExitCode.DONE;
  }
}
