package org.whonix2.core.statement;

import org.whonix2.core.MalformedInputException;
import org.whonix2.core.json.JsonFields;

/** An in-toto Statement v1 of one of the kinds this system knows. */
public sealed interface Statement
    permits RebuildStatement,
        CompilerBootstrap,
        SnapshotHeader,
        PolicyRelease,
        CertificateUpdate,
        Exemption,
        VetoOverride,
        RosterChange {
  /** The DSSE payload type of every statement. */
  String PAYLOAD_TYPE = "application/vnd.in-toto+json";

  /** The in-toto type of every statement. */
  String TYPE = "https://in-toto.io/Statement/v1";

  /** The most bytes a statement may have: what fits, in base64 and signed, into one log entry. */
  int MAX_BYTES = 48_000;

  /** What it is about. */
  StatementKind kind();

  /** The statement as JSON, the inverse of {@link #parse}. */
  byte[] toJson();

  /**
   * What a payload says it is about; nothing else of it is looked at.
   *
   * @param payloadType the DSSE payload type it was signed under
   */
  static StatementKind kind(String payloadType, byte[] payload) throws MalformedInputException {
    return StatementKind.of(Descriptors.head(payloadType, payload));
  }

  /**
   * Reads a statement; unknown kinds and unknown members are errors.
   *
   * @param payloadType the DSSE payload type it was signed under
   */
  static Statement parse(String payloadType, byte[] payload) throws MalformedInputException {
    JsonFields statement = Descriptors.head(payloadType, payload);
    StatementKind kind = StatementKind.of(statement);
    try {
      return kind.read(statement);
    } catch (IllegalArgumentException e) {
      // A record's own check; it says what it expected.
      throw new MalformedInputException(kind + ": " + e.getMessage(), e);
    }
  }
}
