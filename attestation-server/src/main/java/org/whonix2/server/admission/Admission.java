package org.whonix2.server.admission;

import java.time.Duration;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.server.store.LogEntry;

/** What becomes of a submission before the log sees it. */
public sealed interface Admission {
  /** May be logged, if it is not yet and its signer has not sent too much. */
  record Admitted(LogEntry entry, Fingerprint signer) implements Admission {}

  /** May not. */
  sealed interface Refusal extends Admission {
    String detail();
  }

  /** Not what the format demands; the detail names the place. */
  record Malformed(String detail) implements Refusal {}

  /** Signed by nobody on the roster, or badly, or by a key set aside, or about others' work. */
  record Forbidden(String detail) implements Refusal {}

  /** A roster change that does not follow the roster as it is. */
  record Conflict(String detail) implements Refusal {}

  /** One too many of its signer, or of all whose signatures are not verified. */
  record TooMany(String detail, Duration later) implements Refusal {}
}
