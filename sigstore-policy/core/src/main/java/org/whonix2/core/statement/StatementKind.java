package org.whonix2.core.statement;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.json.JsonFields;

/**
 * What a statement is about, told by its predicate type; of SLSA provenance, which says how things
 * were built whatever they are, by its build type.
 */
public enum StatementKind {
  REBUILD_ATTESTATION(
      "a rebuild attestation", StatementKind.PROVENANCE, Optional.of(Rebuild.BUILD_TYPE)),
  COMPILER_BOOTSTRAP(
      "a compiler bootstrap", StatementKind.PROVENANCE, Optional.of(CompilerBootstrap.BUILD_TYPE)),
  REBUILD_FAILURE("a rebuild failure", "https://in-toto.io/attestation/test-result/v0.1"),
  SNAPSHOT_HEADER("a snapshot header", "https://whonix2.org/attestation/snapshot/v1"),
  POLICY_RELEASE("a policy release", "https://whonix2.org/attestation/policy/v1"),
  CERTIFICATE_UPDATE("a certificate update", "https://whonix2.org/attestation/certificate/v1"),
  EXEMPTION("an exemption", "https://whonix2.org/attestation/exemption/v1"),
  VETO_OVERRIDE("a veto override", "https://whonix2.org/attestation/veto-override/v1"),
  ROSTER_CHANGE("a roster change", "https://whonix2.org/attestation/roster/v1");

  private static final String PROVENANCE = "https://slsa.dev/provenance/v1";

  private final String called;
  private final String predicateType;

  /** All kinds of one predicate type have one, or there is but one kind of it. */
  private final Optional<String> buildType;

  StatementKind(String called, String predicateType) {
    this(called, predicateType, Optional.empty());
  }

  StatementKind(String called, String predicateType, Optional<String> buildType) {
    this.called = called;
    this.predicateType = predicateType;
    this.buildType = buildType;
  }

  /** The kind of a statement of which nothing else has been read. */
  static StatementKind of(JsonFields statement) throws MalformedInputException {
    StatementKind first =
        statement.parsed(
            "predicateType",
            text -> parse(List.of(values()), kind -> Optional.of(kind.predicateType), text));
    if (first.buildType.isEmpty()) {
      return first;
    }
    List<StatementKind> alike =
        Arrays.stream(values())
            .filter(kind -> kind.predicateType.equals(first.predicateType))
            .toList();
    return statement
        .object("predicate")
        .object("buildDefinition")
        .parsed("buildType", text -> parse(alike, kind -> kind.buildType, text));
  }

  /** The first kind that has this text there. */
  private static StatementKind parse(
      List<StatementKind> kinds, Function<StatementKind, Optional<String>> there, String text)
      throws MalformedInputException {
    for (StatementKind kind : kinds) {
      if (there.apply(kind).equals(Optional.of(text))) {
        return kind;
      }
    }
    String known =
        kinds.stream()
            .flatMap(kind -> there.apply(kind).stream())
            .distinct()
            .collect(Collectors.joining(", "));
    throw new MalformedInputException("expected one of " + known + "; found " + Quoted.of(text));
  }

  public String predicateType() {
    return predicateType;
  }

  /** Reads the members {@code subject} and {@code predicate}, and ends the statement. */
  Statement read(JsonFields statement) throws MalformedInputException {
    return switch (this) {
      case REBUILD_ATTESTATION -> RebuildAttestationReader.read(statement);
      case COMPILER_BOOTSTRAP -> CompilerBootstrapReader.read(statement);
      case REBUILD_FAILURE -> RebuildFailure.read(statement);
      case SNAPSHOT_HEADER -> SnapshotHeader.read(statement);
      case POLICY_RELEASE -> PolicyRelease.read(statement);
      case CERTIFICATE_UPDATE -> CertificateUpdate.read(statement);
      case EXEMPTION -> Exemption.read(statement);
      case VETO_OVERRIDE -> VetoOverride.read(statement);
      case ROSTER_CHANGE -> RosterChange.read(statement);
    };
  }

  /** For a message, with its article, such as {@code an exemption}. */
  @Override
  public String toString() {
    return called;
  }
}
