package org.whonix2.core.statement;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.json.JsonFields;

/** What a statement is about, told by its predicate type. */
public enum StatementKind {
  REBUILD_ATTESTATION("a rebuild attestation", "https://slsa.dev/provenance/v1"),
  REBUILD_FAILURE("a rebuild failure", "https://in-toto.io/attestation/test-result/v0.1"),
  SNAPSHOT_HEADER("a snapshot header", "https://whonix2.org/attestation/snapshot/v1"),
  POLICY_RELEASE("a policy release", "https://whonix2.org/attestation/policy/v1"),
  CERTIFICATE_UPDATE("a certificate update", "https://whonix2.org/attestation/certificate/v1"),
  EXEMPTION("an exemption", "https://whonix2.org/attestation/exemption/v1"),
  VETO_OVERRIDE("a veto override", "https://whonix2.org/attestation/veto-override/v1");

  private final String called;
  private final String predicateType;

  StatementKind(String called, String predicateType) {
    this.called = called;
    this.predicateType = predicateType;
  }

  /** The kind of that predicate type. */
  static StatementKind parse(String predicateType) throws MalformedInputException {
    for (StatementKind kind : values()) {
      if (kind.predicateType.equals(predicateType)) {
        return kind;
      }
    }
    String known =
        Arrays.stream(values()).map(kind -> kind.predicateType).collect(Collectors.joining(", "));
    throw new MalformedInputException(
        "expected one of " + known + "; found " + Quoted.of(predicateType));
  }

  public String predicateType() {
    return predicateType;
  }

  /** Reads the members {@code subject} and {@code predicate}, and ends the statement. */
  Statement read(JsonFields statement) throws MalformedInputException {
    return switch (this) {
      case REBUILD_ATTESTATION -> RebuildAttestationReader.read(statement);
      case REBUILD_FAILURE -> RebuildFailure.read(statement);
      case SNAPSHOT_HEADER -> SnapshotHeader.read(statement);
      case POLICY_RELEASE -> PolicyRelease.read(statement);
      case CERTIFICATE_UPDATE -> CertificateUpdate.read(statement);
      case EXEMPTION -> Exemption.read(statement);
      case VETO_OVERRIDE -> VetoOverride.read(statement);
    };
  }

  /** For a message, with its article, such as {@code an exemption}. */
  @Override
  public String toString() {
    return called;
  }
}
