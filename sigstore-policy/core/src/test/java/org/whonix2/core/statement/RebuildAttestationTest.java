package org.whonix2.core.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;

class RebuildAttestationTest {
  private static final Sha256 DIGEST = Sha256.of(new byte[] {1});

  private static RebuildAttestation example() {
    PackageIdentity identity =
        new PackageIdentity(
            new PackageName("net-tools"),
            new PackageVersion("1:2.10-0.1+deb12u2"),
            new Architecture("amd64"));
    return new RebuildAttestation(
        new Rebuild(
            new SourcePackage(identity.name(), identity.version(), Sha256.of(new byte[] {2})),
            Optional.empty(),
            Optional.empty(),
            "bookworm",
            identity.architecture(),
            new Toolchain("gcc-12", Sha256.of(new byte[] {3})),
            "",
            Binaries.BINARY,
            "gcc",
            Optional.empty(),
            new Platform(
                "amd64", false, "AMD", "AMD EPYC", "linux", "6.1.0", "Debian GNU/Linux 12"),
            Sha256.of(new byte[] {4}),
            "whonix2-rebuilder",
            7,
            new Fingerprint("0123456789abcdef0123456789abcdef01234567"),
            Instant.parse("2026-11-22T10:00:00Z"),
            Instant.parse("2026-11-22T10:00:13Z"),
            List.of(new Byproduct("build.log", "text/plain", Sha256.of(new byte[] {6})))),
        List.of(new BinaryArtifact(identity, DIGEST, 242660)),
        Sha256.of(new byte[] {5}));
  }

  @Test
  void jsonAndBackIsTheSame() throws Exception {
    RebuildAttestation example = example();
    assertThat(Statement.parse(Statement.PAYLOAD_TYPE, example.toJson())).isEqualTo(example);
  }

  @Test
  void namesTheArtifactByItsWholeVersion() {
    assertThat(new String(example().toJson(), StandardCharsets.UTF_8))
        .contains("\"name\":\"net-tools_2.10-0.1+deb12u2_amd64.deb\"")
        .contains("pkg:deb/debian/net-tools@1%3A2.10-0.1%2Bdeb12u2?arch=amd64&distro=bookworm");
  }

  /** A regenerated compiler has to give the bits that the archive's own gives. */
  @Test
  void theStageOfTheCompilerIsReadAndIsNoPartOfTheRebuildId() throws Exception {
    RebuildAttestation attestation = (RebuildAttestation) example("provenance-regenerated");
    Rebuild rebuild = attestation.rebuild();
    CompilerBootstrap bootstrap = (CompilerBootstrap) example("compiler-bootstrap");
    assertThat(rebuild.stage()).contains(bootstrap.stageDigest());
    assertThat(new String(example().toJson(), StandardCharsets.UTF_8)).doesNotContain("\"stage\"");
    RebuildFailure failure = new RebuildFailure(rebuild, "build-failed");
    assertThat(Statement.parse(Statement.PAYLOAD_TYPE, failure.toJson())).isEqualTo(failure);
    String without =
        new String(attestation.toJson(), StandardCharsets.UTF_8)
            .replace(
                "\"stage\":{\"digest\":{\"sha256\":\"" + bootstrap.stageDigest() + "\"}},", "");
    RebuildAttestation unstaged =
        (RebuildAttestation)
            Statement.parse(Statement.PAYLOAD_TYPE, without.getBytes(StandardCharsets.UTF_8));
    assertThat(unstaged.rebuild().stage()).isEmpty();
    assertThat(unstaged.rebuildId()).isEqualTo(rebuild.rebuildId());
  }

  private static Statement example(String name) throws Exception {
    try (InputStream in =
        RebuildAttestationTest.class.getResourceAsStream("/examples/" + name + ".json")) {
      return Statement.parse(
          Statement.PAYLOAD_TYPE, Objects.requireNonNull(in, name).readAllBytes());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "in-toto.io/Statement/v1 | in-toto.io/Statement/v2 | member /_type",
        "slsa.dev/provenance/v1 | slsa.dev/provenance/v2 | member /predicateType",
        "debian-rebuild/v1 | debian-rebuild/v2 | member /predicate/buildDefinition/buildType",
        "\"size\":242660 | \"size\":-1 | member /subject/0/annotations/size",
        "\"size\":242660 | \"size\":1.5 | member /subject/0/annotations/size",
        "\"size\":242660 | \"size\":9007199254740993 | member /subject/0/annotations/size",
        "\"size\":242660 | \"size\":242660,\"x\":1 | member /subject/0/annotations/'x'",
        "\"compilerRoot\":\"gcc\", | \"compilerRoot\":\"gcc\",\"stage\":{}, | member /predicate/buildDefinition/internalParameters/stage/digest",
        "\"compilerRoot\":\"gcc\", | \"compilerRoot\":\"gcc\",\"stage\":null, | member /predicate/buildDefinition/internalParameters/stage: expected an object",
        "\"sequence\":7 | \"sequence\":0 | member /predicate/buildDefinition/internalParameters/sequence",
        "\"sequence\":7 | \"sequence\":7,\"sequence\":8 | Duplicate",
        "\"profile\":\"\" | \"profile\":null | member /predicate/buildDefinition/externalParameters/profile",
        "?arch=amd64& | ? | member /subject/0/uri",
        "&distro=bookworm | '' | uri",
        "?arch=amd64& | ?arch=source& | member /subject/0/uri",
        "?arch=amd64&distro=bookworm | ?arch=amd64&distro=trixie | member /subject/0/uri",
        "?arch=amd64& | ?arch=AMD64& | member /subject/0/uri",
        "_amd64.deb | _arm64.deb | member /subject/0/name",
        "openpgp4fpr:0 | openpgp4fpr:1 | invocationId",
        "openpgp4fpr:0123456789abcdef | openpgp4fpr:0123456789ABCDEF | member /predicate/runDetails/builder/id",
        "T10:00:13Z | T09:00:13Z | an end that is not before the start",
        "T10:00:13Z | T10:00:13.5Z | member /predicate/runDetails/metadata/finishedOn",
        "\"emulated\":false | \"emulated\":\"no\" | member /predicate/buildDefinition/internalParameters/platform/emulated",
        "AMD EPYC | AMD\\u001b[2JEPYC | printable",
        "build.log | ../build.log | member /predicate/runDetails/byproducts/0/name",
        "\"_type\" | \"extra\":1,\"_type\" | member /'extra'",
      })
  void refusesADefectAndNamesIt(String from, String to, String named) {
    String json = new String(example().toJson(), StandardCharsets.UTF_8);
    assertThat(json).contains(from);
    byte[] broken = json.replace(from, to).getBytes(StandardCharsets.UTF_8);

    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Statement.parse(Statement.PAYLOAD_TYPE, broken))
        .withMessageContaining(named);
  }

  /** Inside a file stands one identity, so one of the two would be a lie. */
  @Test
  void oneDigestUnderTwoIdentitiesIsRefused() throws Exception {
    RebuildAttestation example = example();
    BinaryArtifact other =
        new BinaryArtifact(
            new PackageIdentity(
                new PackageName("net-tools-dbgsym"),
                new PackageVersion("1:2.10-0.1+deb12u2"),
                new Architecture("amd64")),
            DIGEST,
            242660);
    List<BinaryArtifact> both = List.of(example.artifacts().get(0), other);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RebuildAttestation(example.rebuild(), both, example.buildinfo()))
        .withMessageContaining("no artifact twice");
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] json = example().toJson();
    for (int length = 0; length < json.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(json, length);
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> Statement.parse(Statement.PAYLOAD_TYPE, cut));
    }
  }

  @Test
  void noChangedByteEndsInAnythingButAComplaint() {
    byte[] json = example().toJson();
    for (int at = 0; at < json.length; at++) {
      for (int mask : new int[] {1, 2, 4, 8, 16, 32, 64, 128}) {
        byte[] changed = json.clone();
        changed[at] ^= (byte) mask;
        try {
          Statement read = Statement.parse(Statement.PAYLOAD_TYPE, changed);
          assertThat(Statement.parse(Statement.PAYLOAD_TYPE, read.toJson())).isEqualTo(read);
        } catch (MalformedInputException e) {
          assertThat(e).hasMessageNotContaining("\u001b");
        } catch (RuntimeException e) {
          throw new AssertionError("byte " + at + ", bit " + mask, e);
        }
      }
    }
  }

  @Test
  void anotherPayloadTypeIsRefused() {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> Statement.parse("text/plain", example().toJson()));
  }
}
