package org.whonix2.rebuilder.attest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Byproduct;
import org.whonix2.core.statement.Rebuild;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.Toolchain;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.rebuild.Comparison;
import org.whonix2.rebuilder.rebuild.RebuildRequest;
import org.whonix2.rebuilder.rebuild.RebuildResult;

/** States under a rebuilder's key what came out of a rebuild. */
public final class Attester {
  private static final String TOOL = "whonix2-rebuilder";

  private final SecretKey key;
  private final SequenceNumbers numbers;
  private final Clock clock;

  public Attester(SecretKey key, SequenceNumbers numbers, Clock clock) {
    this.key = key;
    this.numbers = numbers;
    this.clock = clock;
  }

  /**
   * A signed statement.
   *
   * @param envelope also written to {@code attestation.json}
   */
  public record Attested(Envelope envelope, Fingerprint rebuilder, long sequence) {}

  /**
   * Signs what was built and writes {@code attestation.json} into the output folder.
   *
   * @throws MalformedInputException if it cannot be stated, such as more artifacts than one log
   *     entry holds
   */
  public Attested attest(RebuildRequest request, RebuildResult.Built built)
      throws IOException, MalformedInputException {
    Fingerprint rebuilder = key.certificate().fingerprint();
    long sequence = numbers.next(rebuilder);
    RebuildAttestation statement =
        new RebuildAttestation(
            new Rebuild(
                built.source().toSourcePackage(),
                built.source().signer(),
                request.suite(),
                built.architecture(),
                new Toolchain(request.toolchain().hashClass(), request.toolchain().digest()),
                "",
                request.compilerRoot(),
                ThisMachine.describe(built.architecture()),
                built.environment(),
                TOOL,
                sequence,
                rebuilder,
                built.startedOn(),
                // The clock may have been set back meanwhile.
                built.finishedOn().isBefore(built.startedOn())
                    ? built.startedOn()
                    : built.finishedOn(),
                List.of(log(request.out()))),
            built.comparisons().stream().map(Comparison::artifact).toList(),
            built.buildinfo());
    Instant now = clock.instant();
    Envelope envelope = Envelope.sign(Statement.PAYLOAD_TYPE, statement.toJson(), key, now);
    AtomicFiles.replace(request.out().resolve("attestation.json"), envelope.toBytes());
    return new Attested(envelope, rebuilder, sequence);
  }

  private static Byproduct log(Path out) throws IOException {
    try (InputStream in = Files.newInputStream(out.resolve("build.log"))) {
      return new Byproduct("build.log", "text/plain", Sha256.of(in));
    }
  }
}
