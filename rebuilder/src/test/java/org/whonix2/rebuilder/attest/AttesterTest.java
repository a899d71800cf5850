package org.whonix2.rebuilder.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.rebuilder.Results.NOW;
import static org.whonix2.rebuilder.Results.OTHER;
import static org.whonix2.rebuilder.Results.OURS;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.dsse.Verification;
import org.whonix2.core.dsse.VerifiedEnvelope;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Byproduct;
import org.whonix2.core.statement.GitSource;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.Statement;
import org.whonix2.rebuilder.Results;
import org.whonix2.rebuilder.rebuild.Comparison;
import org.whonix2.rebuilder.rebuild.RebuildResult;
import org.whonix2.rebuilder.rebuild.RecordedBuild;
import org.whonix2.rebuilder.sandbox.BuildFailure;

class AttesterTest {
  @TempDir Path out;
  private SecretKey key;
  private Attester attester;

  @BeforeEach
  void aKey(@TempDir Path folder) throws Exception {
    key = RebuilderKey.create(folder.resolve("key"), "alpha", NOW);
    attester =
        new Attester(
            key, new SequenceNumbers(folder.resolve("key")), Clock.fixed(NOW, ZoneOffset.UTC));
    Files.writeString(out.resolve("build.log"), "log");
  }

  /** As everybody else reads it: from the file, its signature verified. */
  private RebuildStatement attest(RebuildResult result) throws Exception {
    Attester.Attested attested = attester.attest(Results.request(out), result);
    byte[] file = Files.readAllBytes(out.resolve("attestation.json"));
    Verification verification =
        VerifiedEnvelope.verify(
            Envelope.parse(file), fingerprint -> Optional.of(key.certificate()), NOW);
    VerifiedEnvelope envelope = ((Verification.Verified) verification).envelope();
    assertThat(file).isEqualTo(attested.envelope().toBytes());
    Statement statement = Statement.parse(envelope.payloadType(), envelope.payload());
    assertThat(statement).isEqualTo(attested.statement());
    return (RebuildStatement) statement;
  }

  private static RebuildResult.Built built(List<BinaryArtifact> artifacts) {
    return new RebuildResult.Built(
        Results.attempt(),
        artifacts.stream()
            .map(artifact -> Comparison.of(artifact, List.of(OTHER), RecordedBuild.NONE))
            .toList(),
        OURS,
        Optional.empty());
  }

  @Test
  void whatCameOutIsStatedAndNotHowItCompares() throws Exception {
    RebuildStatement stated = attest(built(List.of(Results.artifact("tiny"))));
    assertThat(stated).isInstanceOf(RebuildAttestation.class);
    assertThat(stated.artifacts()).containsExactly(Results.artifact("tiny"));
    assertThat(new String(stated.toJson(), StandardCharsets.UTF_8))
        .doesNotContain(OTHER.toString())
        .doesNotContain("inconclusive")
        .doesNotContain("mismatch");
  }

  @Test
  void aSourceInGitAndTheBuildinfoThatWasFollowedAreStatedWhateverCameOut() throws Exception {
    RebuildResult.Attempt attempt = Results.attemptInGit();
    BuildFailure failure = new BuildFailure("whatever", Optional.empty());
    Comparison comparison =
        Comparison.of(Results.artifact("tiny"), List.of(OTHER), RecordedBuild.NONE);
    for (RebuildResult result :
        List.of(
            new RebuildResult.Built(attempt, List.of(comparison), OURS, Optional.empty()),
            new RebuildResult.Failed(attempt, failure, List.of()))) {
      RebuildStatement stated = attest(result);
      assertThat(stated.rebuild().source())
          .isInstanceOf(GitSource.class)
          .isEqualTo(attempt.source().source());
      assertThat(stated.rebuild().sourceSigner()).contains(new Fingerprint("5".repeat(40)));
      assertThat(stated.rebuild().recordedBuildinfo()).contains(OURS);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "time, timeout",
    "memory, out-of-memory",
    "disk, disk-full",
    "file, file-too-large",
    "log, log-too-large",
    "processes, too-many-processes",
    "output, unusable-output",
    "something new, build-failed",
    ", build-failed",
  })
  void aFailedBuildIsStatedWithItsReason(String limit, String reason) throws Exception {
    RebuildStatement stated = attest(Results.failed("whatever", Optional.ofNullable(limit)));
    assertThat(stated).isInstanceOf(RebuildFailure.class);
    assertThat(((RebuildFailure) stated).reason()).isEqualTo(reason);
    assertThat(stated.rebuild().byproducts())
        .extracting(Byproduct::name)
        .containsExactly("build.log");
    assertThat(stated.environment()).isEqualTo(Results.ENVIRONMENT);
  }

  @Test
  void failuresAndAttestationsShareOneRowOfNumbers() throws Exception {
    assertThat(attest(Results.failed("no", Optional.empty())).sequence()).isEqualTo(1);
    assertThat(attest(built(List.of(Results.artifact("tiny")))).sequence()).isEqualTo(2);
    assertThat(attest(Results.failed("no", Optional.empty())).sequence()).isEqualTo(3);
  }

  @Test
  void theReportOfDifferencesIsNamedByItsDigest() throws Exception {
    Files.writeString(out.resolve("diffoscope.txt"), "what differs");
    assertThat(attest(built(List.of(Results.artifact("tiny")))).rebuild().byproducts())
        .containsExactly(
            new Byproduct(
                "build.log", "text/plain", Sha256.of("log".getBytes(StandardCharsets.UTF_8))),
            new Byproduct(
                "diffoscope.txt",
                "text/plain",
                Sha256.of("what differs".getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void whatWasFoundByVaryingIsNamedByItsDigest() throws Exception {
    Files.writeString(out.resolve("variation.json"), "{}");
    assertThat(attest(built(List.of(Results.artifact("tiny")))).rebuild().byproducts())
        .contains(
            new Byproduct(
                "variation.json",
                "application/json",
                Sha256.of("{}".getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void moreArtifactsThanAStatementHoldsAreAFailureNotAnError() throws Exception {
    List<BinaryArtifact> many =
        IntStream.range(0, 400)
            .mapToObj(i -> Results.artifact("tiny" + i).identity())
            .map(
                each ->
                    new BinaryArtifact(
                        each, Sha256.of(each.toString().getBytes(StandardCharsets.UTF_8)), 1))
            .toList();
    RebuildStatement stated = attest(built(many));
    assertThat(stated).isInstanceOf(RebuildFailure.class);
    assertThat(((RebuildFailure) stated).reason()).isEqualTo("too-many-artifacts");
    assertThat(attest(built(many.subList(0, 100)))).isInstanceOf(RebuildAttestation.class);
  }

  @Test
  void aPackageThatNoStatementMayNameIsAFailureNotAnError() throws Exception {
    PackageIdentity source =
        new PackageIdentity(
            new PackageName("tiny"), new PackageVersion("1"), new Architecture("source"));
    RebuildStatement stated = attest(built(List.of(new BinaryArtifact(source, OURS, 1))));
    assertThat(((RebuildFailure) stated).reason()).isEqualTo("unusable-output");
  }

  @Test
  void anEndBeforeTheStartIsNotStated() {
    Instant earlier = NOW.minusSeconds(5);
    RebuildResult.Attempt attempt =
        new RebuildResult.Attempt(
            Results.source(),
            new Architecture("amd64"),
            Results.ENVIRONMENT,
            Optional.empty(),
            NOW,
            earlier);
    assertThat(attempt.finishedOn()).isEqualTo(NOW);
  }
}
