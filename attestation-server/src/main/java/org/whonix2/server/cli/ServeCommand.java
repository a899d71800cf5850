package org.whonix2.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.cli.TimeSpan;
import org.whonix2.server.AttestationServer;
import org.whonix2.server.admission.Rate;
import org.whonix2.server.cosigning.WitnessAddress;
import org.whonix2.server.store.DatabaseLocation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "serve",
    description = "Serves a log; prints its address once it listens.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<ExitCode> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ServiceOptions service = new ServiceOptions();
  @Mixin private DatabaseOptions database = new DatabaseOptions();

  @Option(
      names = "--witness",
      paramLabel = "URL,VKEY",
      description = "a witness that is asked to cosign checkpoints; may be given often")
  private List<String> witnesses = List.of();

  @Option(
      names = "--refresh",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      defaultValue = "10m",
      description = "cosign an unchanged checkpoint anew after this time (${DEFAULT-VALUE})")
  private Duration refresh = Duration.ofMinutes(10);

  @Option(
      names = "--operator",
      paramLabel = "CERTIFICATE-FILE",
      description = {
        "whose changes of the roster are taken, see keygen --operator and roster",
        "without it the roster stays as it is"
      })
  private @Nullable Path operator;

  @Mixin private BlobOptions blobs = new BlobOptions();

  @Option(
      names = "--signer-rate",
      paramLabel = "N:BURST",
      defaultValue = "60:5000",
      description = "what one signer may submit by the minute, and at once (${DEFAULT-VALUE})")
  private String signerRate = "";

  @Option(
      names = "--unverified-rate",
      paramLabel = "N:BURST",
      defaultValue = "600:1000",
      description = {
        "how many submissions that change nothing are answered with the reason,",
        "by the minute and at once (${DEFAULT-VALUE})"
      })
  private String unverifiedRate = "";

  @Override
  public ExitCode call() throws IOException, MalformedInputException, CommandException {
    AttestationServer.Limits limits =
        new AttestationServer.Limits(
            Rate.parse(signerRate), Rate.parse(unverifiedRate), blobs.limits());
    DatabaseLocation location = database.location(service.state());
    List<WitnessAddress> asked = new ArrayList<>();
    for (String witness : witnesses) {
      asked.add(WitnessAddress.parse(witness));
    }
    AttestationServer.Settings settings =
        new AttestationServer.Settings(
            service.address(),
            service.state(),
            service.key(SignatureType.ED25519),
            asked,
            refresh,
            operator(),
            location,
            limits);
    AttestationServer server = AttestationServer.start(settings, Clock.systemUTC());
    UntilStopped.run(server.address(), server, spec.commandLine().getOut());
    return ExitCode.DONE;
  }

  private Optional<Certificate> operator() throws IOException, MalformedInputException {
    if (operator == null) {
      return Optional.empty();
    }
    return Optional.of(CertificateFile.read(operator));
  }
}
