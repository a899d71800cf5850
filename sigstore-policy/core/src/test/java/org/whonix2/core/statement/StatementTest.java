package org.whonix2.core.statement;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;

/** Rules of the kinds that the schemas cannot say. */
class StatementTest {
  private static final Sha256 DIGEST = Sha256.of(new byte[] {1});
  private static final Fingerprint KEY = fingerprint();

  private static Fingerprint fingerprint() {
    try {
      return Fingerprint.parse("8f2a1c0b9d7e6f5a4b3c2d1e0f9a8b7c6d5e4f30");
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  private static final PackageIdentity NAMED =
      new PackageIdentity(
          new PackageName("zsh"), new PackageVersion("5.9-4"), new Architecture("amd64"));

  /** A public subkey in the old format with a length of one byte. */
  private static final byte SUBKEY_TAG = (byte) 0xb8;

  private static final Instant UNTIL = Instant.parse("2027-01-31T00:00:00Z");

  private static String example(String name) {
    try (InputStream in = StatementTest.class.getResourceAsStream("/examples/" + name + ".json")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Statement parse(String json) throws MalformedInputException {
    return Statement.parse(Statement.PAYLOAD_TYPE, json.getBytes(UTF_8));
  }

  private static void refused(String json, String named) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(json))
        .withMessageContaining(named);
  }

  @Test
  void anUnknownPredicateTypeIsToldWithTheKnownOnes() {
    String json = example("exemption").replace("exemption/v1", "exemption/v2");
    refused(json, "member /predicateType: expected one of ");
    for (StatementKind kind : StatementKind.values()) {
      refused(json, kind.predicateType());
    }
    refused(json, "found 'https://whonix2.org/attestation/exemption/v2'");
  }

  @Test
  void aPredicateUnderAnotherKindsTypeIsRefused() {
    refused(
        example("veto-override").replace("veto-override/v1", "exemption/v1"),
        "member /predicate/package: expected an object");
    refused(
        example("exemption").replace("exemption/v1", "veto-override/v1"), "member /predicate/veto");
  }

  @Test
  void aStatementOverItsLimitIsRefused() {
    String json = example("exemption");
    String largest = json + " ".repeat(Statement.MAX_BYTES - json.length());
    assertThatCode(() -> parse(largest)).doesNotThrowAnyException();
    refused(largest + " ", "at most 48000 bytes");
  }

  /** Reasons why an entry counts nothing are shown on terminals. */
  @ParameterizedTest
  @ValueSource(strings = {"2048}}", "\"gateway\"", "sha256", "_type"})
  void noMessageCarriesWhatATerminalWouldObey(String replaced) {
    String hostile = example("policy").replace(replaced, "\u001b[2J" + replaced + "\u202e");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(hostile))
        .satisfies(e -> assertThat(e.getMessage()).matches("[\n -~]{1,1000}"));
  }

  /** What a document says twice must be the same. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "test-result | _2.10-0.1+deb12u2.dsc | _2.10-0.2.dsc | member /subject/0/name",
        "test-result | [{\"name\":\"net-tools_2.10-0.1+deb12u2.dsc\",\"uri\":\"pkg:deb/debian/net-tools@1 | [{\"name\":\"net-tools_2.10-0.1+deb12u2.dsc\",\"uri\":\"pkg:deb/debian/net-tools@2 | member /subject/0/uri",
        "test-result | \"digest\":{\"sha256\":\"dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986\"}}],\"predicateType\" | \"digest\":{\"sha256\":\"ebc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986\"}}],\"predicateType\" | member /subject/0/digest",
        "test-result | 01234567/8 | 01234567/9 | member /predicate/configuration/0/annotations/metadata/invocationId",
        "test-result | \"build-failed\" | \"Build failed\" | a rebuild failure: expected a reason",
        "test-result | \"build-failed\" | \"build-failed\",\"timeout\" | member /predicate/failedTests",
        "snapshot | \"epoch\":3 | \"epoch\":1 | a previous snapshot in every epoch but the first",
        "snapshot | \"epoch\":3 | \"epoch\":0 | member /predicate/epoch",
        "snapshot | \"name\":\"list\" | \"name\":\"vector\" | member /subject/0/name",
        "snapshot | 12:00:00Z | 24:00:00Z | member /predicate/madeOn",
        "snapshot | 12:00:00Z | 23:59:60Z | member /predicate/madeOn",
        "policy | \"serial\":7 | \"serial\":2147483648 | member /predicate/serial",
        "policy | \"serial\":7 | \"serial\":0 | member /predicate/serial",
        "policy | \"size\":2048 | \"size\":0 | member /predicate/size",
        "policy | \"gateway\" | \"../gateway\" | a policy release: expected a policy's name",
        "certificate | openpgp4fpr:38 | openpgp4fpr:39 | expected the certificate",
        "certificate | \"sha256\":\"ea | \"sha256\":\"eb | member /subject/0/digest",
        "certificate | \"certificate\":\"mD | \"certificate\":\"mE | member /subject/0/digest",
        "roster | openpgp4fpr:38 | openpgp4fpr:39 | expected the certificate",
        "roster | \"sha256\":\"ea | \"sha256\":\"eb | member /subject/0/digest",
        "roster | \"admit\" | \"expel\" | member /predicate/change",
        "roster | \"admit\" | \"dismiss\" | expected no such member",
        "roster-dismissal | \"dismiss\" | \"admit\" | member /predicate/certificate",
        "roster | \"serial\":7 | \"serial\":0 | member /predicate/serial",
        "roster | log.example.org/ | log.example.org+ | a roster change: expected a log's origin",
        "roster | \"member\":\"alpha-1\" | \"member\":\"../alpha\" | member /predicate/member",
      })
  void contradictionsAreRefused(String name, String from, String to, String named) {
    assertThat(example(name)).contains(from);
    refused(example(name).replace(from, to), named);
  }

  /** A second text for one certificate would be a second payload for one statement. */
  @Test
  void anArmoredCertificateInAnUpdateIsRefused() throws Exception {
    Certificate certificate = ((CertificateUpdate) parse(example("certificate"))).certificate();
    Base64.Encoder base64 = Base64.getEncoder();
    String json =
        example("certificate")
            .replace(
                base64.encodeToString(certificate.toBytes()),
                base64.encodeToString(certificate.toArmored().getBytes(UTF_8)));
    assertThat(json).isNotEqualTo(example("certificate"));
    refused(json, "member /subject/0/digest");
  }

  @Test
  void aCertificateThatDoesNotFitIsRefused() throws Exception {
    byte[] small = ((CertificateUpdate) parse(example("certificate"))).certificate().toBytes();
    int subkey = 0;
    while (small[subkey] != SUBKEY_TAG) {
      subkey += 2 + Byte.toUnsignedInt(small[subkey + 1]);
    }
    ByteArrayOutputStream many = new ByteArrayOutputStream();
    many.writeBytes(small);
    while (many.size() <= CertificateUpdate.MAX_CERTIFICATE_BYTES) {
      many.write(small, subkey, small.length - subkey);
    }
    Certificate certificate = Certificate.parse(many.toByteArray());
    assertThat(certificate.toBytes()).hasSizeGreaterThan(CertificateUpdate.MAX_CERTIFICATE_BYTES);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CertificateUpdate(certificate))
        .withMessageContaining("at most 32768 bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        " leading",
        "trailing ",
        "a\nb",
        "a\tb",
        "a\u0000b",
        "a\u001b[2Jb",
        "a\u007fb",
        "a\u0085b",
        "a\u00adb",
        "a\u061cb",
        "a\u200bb",
        "a\u200fb",
        "a\u2028b",
        "a\u202eb",
        "a\u2066b",
        "a\ufeffb",
        "a\uffffb",
        "a\ud800b",
        "a\udc00",
        "a\udb40\udc41b",
      })
  void aReasonThatHidesSomethingIsRefused(String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Exemption(DIGEST, NAMED, reason, UNTIL));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new VetoOverride(DIGEST, KEY, DIGEST, reason, UNTIL));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "grün, 漢字 and 𝄞", "a \"quoted\" \\ word"})
  void aReasonInAnyScriptComesBack(String reason) throws Exception {
    Exemption exemption = new Exemption(DIGEST, NAMED, reason, UNTIL);
    assertThat(Statement.parse(Statement.PAYLOAD_TYPE, exemption.toJson())).isEqualTo(exemption);
  }

  @Test
  void aReasonIsCountedInCodePoints() {
    assertThatCode(() -> new Exemption(DIGEST, NAMED, "𝄞".repeat(500), UNTIL))
        .doesNotThrowAnyException();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Exemption(DIGEST, NAMED, "𝄞".repeat(501), UNTIL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"2027-01-31T00:00:00.5Z", "+10000-01-01T00:00:00Z", "-0001-01-01T00:00:00Z"})
  void aTimeThatCouldNotBeReadAgainIsRefused(String time) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Exemption(DIGEST, NAMED, "a reason", Instant.parse(time)));
  }

  @Test
  void theFirstSnapshotHasNoPrevious() throws Exception {
    SnapshotHeader third = (SnapshotHeader) parse(example("snapshot"));
    SnapshotHeader first = epoch(third, 1, Optional.empty());
    assertThat(Statement.parse(Statement.PAYLOAD_TYPE, first.toJson())).isEqualTo(first);
    assertThat(new String(first.toJson(), UTF_8)).doesNotContain("previous");
    assertThatIllegalArgumentException().isThrownBy(() -> epoch(third, 1, third.previous()));
    assertThatIllegalArgumentException().isThrownBy(() -> epoch(third, 2, Optional.empty()));
  }

  private static SnapshotHeader epoch(SnapshotHeader like, long epoch, Optional<Sha256> previous) {
    return new SnapshotHeader(
        like.rebuilder(),
        like.suite(),
        like.architecture(),
        like.toolchain(),
        like.compilerRoot(),
        like.platform(),
        like.rebuildTool(),
        epoch,
        previous,
        like.list(),
        like.entries(),
        like.vector(),
        like.madeOn());
  }

  @Test
  void theSourcesSignerIsWrittenOnlyWhereItIsStated() throws Exception {
    RebuildFailure stated = (RebuildFailure) parse(example("test-result"));
    RebuildAttestation silent = (RebuildAttestation) parse(example("provenance"));
    assertThat(stated.rebuild().sourceSigner()).isPresent();
    assertThat(silent.rebuild().sourceSigner()).isEmpty();
    RebuildAttestation also =
        new RebuildAttestation(stated.rebuild(), silent.artifacts(), silent.buildinfo());
    assertThat(Statement.parse(Statement.PAYLOAD_TYPE, also.toJson())).isEqualTo(also);
    assertThat(new String(also.toJson(), UTF_8)).contains("\"signer\":\"openpgp4fpr:");
    assertThat(new String(silent.toJson(), UTF_8)).doesNotContain("signer");
  }

  /** Both kinds of one rebuild are comparable, whatever came out. */
  @Test
  void aFailureHasTheRebuildIdOfASuccess() throws Exception {
    RebuildStatement failed = (RebuildStatement) parse(example("test-result"));
    RebuildStatement worked = (RebuildStatement) parse(example("provenance"));
    assertThat(failed.rebuildId()).isEqualTo(worked.rebuildId());
    assertThat(failed.sequence()).isEqualTo(8);
    assertThat(worked.sequence()).isEqualTo(7);
  }
}
