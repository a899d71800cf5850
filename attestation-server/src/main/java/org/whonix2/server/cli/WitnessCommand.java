package org.whonix2.server.cli;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.server.web.ListenAddress;
import org.whonix2.server.witness.WitnessServer;
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
      split = ",",
      paramLabel = "VKEY",
      description = "the public key of a log that is witnessed; may be given often")
  private List<String> logs = List.of();

  @Override
  public ExitCode call() throws IOException, MalformedInputException, CommandException {
    ListenAddress address = service.address();
    List<TrustedLog> trusted = trustedLogs();
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

  private List<TrustedLog> trustedLogs() throws MalformedInputException {
    List<TrustedLog> trusted = new ArrayList<>();
    Set<String> origins = new HashSet<>();
    for (String vkey : logs) {
      VerifierKey log = VerifierKey.parse(vkey);
      if (log.type() != SignatureType.ED25519) {
        throw new MalformedInputException(
            "expected a log's key (type 1) for " + log.name() + ", found a witness's");
      }
      if (!origins.add(log.name())) {
        throw new MalformedInputException("expected each log once, found " + log.name() + " twice");
      }
      trusted.add(TrustedLog.of(log));
    }
    return trusted;
  }
}
