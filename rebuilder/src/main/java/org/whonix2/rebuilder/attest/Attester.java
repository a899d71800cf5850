package org.whonix2.rebuilder.attest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Byproduct;
import org.whonix2.core.statement.Rebuild;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.Toolchain;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.rebuild.Comparison;
import org.whonix2.rebuilder.rebuild.RebuildRequest;
import org.whonix2.rebuilder.rebuild.RebuildResult;

/** States under a rebuilder's key what came of a rebuild. */
public final class Attester {
  /** The signed statement, in the output folder. */
  public static final String FILE = "attestation.json";

  static final String TOOL = "whonix2-rebuilder";

  /** Names and media types. */
  private static final Map<String, String> BYPRODUCTS =
      new TreeMap<>(
          Map.of(
              org.whonix2.rebuilder.rebuild.Rebuild.BUILD_LOG, "text/plain",
              org.whonix2.rebuilder.rebuild.Rebuild.DIFFERENCE_REPORT, "text/plain",
              org.whonix2.rebuilder.rebuild.Rebuild.VARIATION_REPORT, "application/json"));

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
  public record Attested(Envelope envelope, RebuildStatement statement) {
    public Fingerprint rebuilder() {
      return statement.rebuilder();
    }

    public long sequence() {
      return statement.sequence();
    }
  }

  /**
   * Signs how a rebuild came out and writes {@code attestation.json} into the output folder. A
   * build that failed is stated as such; so is one whose artifacts are too many for a statement.
   *
   * @throws MalformedInputException if the key's numbers are lost
   */
  public Attested attest(RebuildRequest request, RebuildResult result)
      throws IOException, MalformedInputException {
    Fingerprint rebuilder = key.certificate().fingerprint();
    Rebuild rebuild = describe(request, result.attempt(), numbers.next(rebuilder), rebuilder);
    RebuildStatement statement = state(rebuild, result);
    Envelope envelope =
        Envelope.sign(Statement.PAYLOAD_TYPE, statement.toJson(), key, clock.instant());
    AtomicFiles.replace(request.out().resolve(FILE), envelope.toBytes());
    return new Attested(envelope, statement);
  }

  private static RebuildStatement state(Rebuild rebuild, RebuildResult result) {
    if (!(result instanceof RebuildResult.Built built)) {
      RebuildResult.Failed failed = (RebuildResult.Failed) result;
      return new RebuildFailure(rebuild, FailureReason.of(failed.failure()));
    }
    List<BinaryArtifact> artifacts =
        built.comparisons().stream().map(Comparison::artifact).toList();
    try {
      RebuildStatement whole = new RebuildAttestation(rebuild, artifacts, built.buildinfo());
      return whole.toJson().length <= Statement.MAX_BYTES
          ? whole
          : new RebuildFailure(rebuild, FailureReason.TOO_MANY_ARTIFACTS);
    } catch (IllegalArgumentException e) {
      // A hostile build can leave what no statement may name, such as a package for 'source'.
      return new RebuildFailure(rebuild, FailureReason.UNUSABLE_OUTPUT);
    }
  }

  private static Rebuild describe(
      RebuildRequest request, RebuildResult.Attempt attempt, long sequence, Fingerprint rebuilder)
      throws IOException {
    return new Rebuild(
        attempt.source().source(),
        attempt.source().signer(),
        attempt.source().recordedBuildinfo(),
        request.suite(),
        attempt.architecture(),
        new Toolchain(request.toolchain().hashClass(), request.toolchain().digest()),
        "",
        attempt.source().recipe().binaries(),
        request.compilerRoot(),
        attempt.stage(),
        ThisMachine.describe(attempt.architecture()),
        attempt.environment(),
        TOOL,
        sequence,
        rebuilder,
        attempt.startedOn(),
        attempt.finishedOn(),
        byproducts(request.out()));
  }

  /** Those that are there: reports are made where something differs, or was varied. */
  private static List<Byproduct> byproducts(Path out) throws IOException {
    List<Byproduct> byproducts = new ArrayList<>();
    for (Map.Entry<String, String> entry : BYPRODUCTS.entrySet()) {
      String name = entry.getKey();
      Path file = out.resolve(name);
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        try (InputStream in = Files.newInputStream(file)) {
          byproducts.add(new Byproduct(name, entry.getValue(), Sha256.of(in)));
        }
      }
    }
    return byproducts;
  }
}
