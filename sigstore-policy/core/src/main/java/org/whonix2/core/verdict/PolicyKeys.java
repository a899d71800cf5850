package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.KeyHistory;
import org.whonix2.core.openpgp.SignatureCheck;
import org.whonix2.core.openpgp.SignatureResult;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.statement.CertificateUpdate;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.StatementKind;

/**
 * The keys that a policy pins, with what the logs say of them since. All of a log is learned before
 * any of it is judged: a revocation may stand behind what it revokes. An update needs no signature
 * but those in the certificate itself, which its primary key made; so nobody can be kept from
 * publishing a revocation by the loss of the key that it revokes.
 */
public final class PolicyKeys {
  private final UpdatePolicy policy;
  private final Map<String, List<Update>> updates = new HashMap<>();
  private final Map<Place, SignatureJudge> judges = new HashMap<>();

  public PolicyKeys(UpdatePolicy policy) {
    this.policy = policy;
  }

  private record Update(long index, Certificate certificate) {}

  private record Place(String log, Fingerprint primary) {}

  /** Learns one log, entry by entry from its first. */
  public final class Lesson {
    private final List<Update> learned;
    private long next;

    private Lesson(List<Update> learned) {
      this.learned = learned;
    }

    /** Takes the next entry, whatever it is. */
    public void accept(byte[] entry) {
      long index = next++;
      certificateIn(entry).ifPresent(newer -> learned.add(new Update(index, newer)));
    }
  }

  /** Begins to learn a log; what was learned of it before is forgotten. */
  public Lesson learn(String origin) {
    List<Update> learned = new ArrayList<>();
    updates.put(origin, learned);
    judges.clear();
    return new Lesson(learned);
  }

  private Optional<Certificate> certificateIn(byte[] entry) {
    try {
      Envelope envelope = Envelope.parse(entry);
      byte[] payload = envelope.payload();
      if (Statement.kind(envelope.payloadType(), payload) != StatementKind.CERTIFICATE_UPDATE) {
        return Optional.empty();
      }
      CertificateUpdate update =
          (CertificateUpdate) Statement.parse(envelope.payloadType(), payload);
      return Optional.of(update.certificate())
          .filter(newer -> policy.certificate(newer.fingerprint()).isPresent());
    } catch (MalformedInputException | RuntimeException e) {
      // Not an update, or none that can be read: EntryReader tells it where it is somebody's.
      return Optional.empty();
    }
  }

  /**
   * Judges signatures of this key on an entry of this log.
   *
   * @param loggedBy by then the entry stood there
   */
  Optional<SignatureCheck> check(String origin, Fingerprint primary, long index, Instant loggedBy) {
    return policy
        .certificate(primary)
        .map(
            pinned ->
                judges.computeIfAbsent(new Place(origin, primary), place -> judge(origin, pinned)))
        .<SignatureCheck>map(
            judge -> (signature, message) -> judge.verify(signature, message, index, loggedBy));
  }

  /** As a history judges. */
  private interface SignatureJudge {
    SignatureResult verify(byte[] signature, byte[] message, long index, Instant loggedBy);
  }

  /**
   * Another log's order says nothing of this one's: from there only what voids everything counts.
   */
  private SignatureJudge judge(String origin, Certificate pinned) {
    KeyHistory history = KeyHistory.of(pinned);
    try {
      for (Map.Entry<String, List<Update>> log : updates.entrySet()) {
        for (Update update : log.getValue()) {
          if (update.certificate.fingerprint().equals(pinned.fingerprint())) {
            long index = log.getKey().equals(origin) ? update.index : Long.MAX_VALUE;
            history = history.updated(index, update.certificate);
          }
        }
      }
      return history::verify;
    } catch (MalformedInputException e) {
      // What could not be taken in may be a revocation.
      return (signature, message, index, loggedBy) ->
          new SignatureResult.Bad(
              "the updates of " + pinned + " cannot be put together: " + e.getMessage());
    }
  }
}
