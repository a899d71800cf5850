package org.whonix2.rebuilder.attest;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.BootstrapPlan;
import org.whonix2.core.statement.CompilerBootstrap;
import org.whonix2.core.statement.Run;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.Toolchain;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.apt.ArchivedSource;
import org.whonix2.rebuilder.bootstrap.BootstrapRequest;
import org.whonix2.rebuilder.bootstrap.BootstrapRun;
import org.whonix2.rebuilder.bootstrap.RootResult;
import org.whonix2.rebuilder.bootstrap.Stage;

/** States under a rebuilder's key which compilers came out of which compiler roots. */
public final class BootstrapAttester {
  private final SecretKey key;
  private final SequenceNumbers numbers;
  private final Clock clock;

  public BootstrapAttester(SecretKey key, SequenceNumbers numbers, Clock clock) {
    this.key = key;
    this.numbers = numbers;
    this.clock = clock;
  }

  /**
   * Signs each stage that builds can use, and those after it, and writes {@code
   * ROOT/stage-N/attestation.json} into the output folder.
   *
   * @throws MalformedInputException if the key's numbers are lost
   */
  public List<CompilerBootstrap> attest(BootstrapRequest request, BootstrapRun.Result result)
      throws IOException, CommandException, MalformedInputException {
    List<CompilerBootstrap> attested = new ArrayList<>();
    for (RootResult root : result.roots()) {
      for (Stage stage : root.stages()) {
        if (stage.number() >= request.plan().uses()) {
          CompilerBootstrap statement = describe(request, result, root, stage);
          Envelope envelope =
              Envelope.sign(Statement.PAYLOAD_TYPE, statement.toJson(), key, clock.instant());
          Path folder =
              request.out().resolve(root.root().name()).resolve("stage-" + stage.number());
          AtomicFiles.replace(folder.resolve(Attester.FILE), envelope.toBytes());
          attested.add(statement);
        }
      }
    }
    return attested;
  }

  private CompilerBootstrap describe(
      BootstrapRequest request, BootstrapRun.Result result, RootResult root, Stage stage)
      throws IOException, CommandException, MalformedInputException {
    Fingerprint rebuilder = key.certificate().fingerprint();
    List<Sha256> earlier = root.digests().subList(0, stage.number() - 1);
    return new CompilerBootstrap(
        new BootstrapPlan(request.plan().name(), request.plan().digest()),
        toolchain(request, request.plan().makes()),
        result.sources().stream().map(ArchivedSource::toSourcePackage).toList(),
        request.suite(),
        result.architecture(),
        root.root().name(),
        toolchain(request, root.root().toolchain()),
        stage.number(),
        earlier,
        stage.compilerFiles(),
        stage.libcDev(),
        new Run(
            ThisMachine.describe(result.architecture()),
            stage.environment(),
            Attester.TOOL,
            numbers.next(rebuilder),
            rebuilder,
            stage.startedOn(),
            stage.finishedOn(),
            List.of()));
  }

  private static Toolchain toolchain(BootstrapRequest request, String name)
      throws IOException, CommandException, MalformedInputException {
    Optional<org.whonix2.toolchain.Toolchain> known = request.definitions().toolchain(name);
    return known
        .map(each -> new Toolchain(each.hashClass(), each.digest()))
        .orElseThrow(
            () -> new CommandException(ExitCode.USAGE, "there is no toolchain '" + name + "'"));
  }
}
