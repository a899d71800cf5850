package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.KeyHistory;
import org.whonix2.core.openpgp.SignatureCheck;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.statement.CertificateUpdate;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.StatementKind;

/**
 * The keys that a policy pins, with what the logs say of them since. All of every log is learned
 * before any of it is judged: a revocation may stand behind what it revokes. An update needs no
 * signature but those in the certificate itself, which its primary key made; so nobody can be kept
 * from publishing a revocation by the loss of the key that it revokes.
 *
 * <p>A soft revocation voids what stands behind it in its log. In a log in which it does not stand
 * it voids everything, as nobody knows what was there first: an owner who retires a key says so in
 * every log.
 */
public final class PolicyKeys {
  private final UpdatePolicy policy;
  private final Map<String, Lesson> lessons = new LinkedHashMap<>();
  private final Map<Place, KeyHistory> histories = new HashMap<>();

  public PolicyKeys(UpdatePolicy policy) {
    this.policy = policy;
  }

  private record Place(String log, Fingerprint primary) {}

  /** The primary key is only what the update says: a wrong one must not hide the right one. */
  private record Seen(Fingerprint primary, Sha256 certificate) {}

  private record News(Seen seen, Certificate certificate) {}

  /** Learns one log, entry by entry from its first. */
  public final class Lesson {
    private final Map<Fingerprint, KeyHistory> learned = new HashMap<>();
    private final Map<Fingerprint, List<News>> news = new HashMap<>();
    private final Set<Seen> seen = new HashSet<>();
    private long next;

    private Lesson() {}

    /** Takes the next entry, whatever it is. */
    public void accept(byte[] entry) {
      long index = next++;
      try {
        Envelope envelope = Envelope.parse(entry);
        byte[] payload = envelope.payload();
        if (Statement.kind(envelope.payloadType(), payload) == StatementKind.CERTIFICATE_UPDATE) {
          learn(index, CertificateUpdate.open(envelope.payloadType(), payload));
        }
      } catch (MalformedInputException | RuntimeException e) {
        // Not an update, or none that can be read: EntryReader tells it where it is somebody's.
      }
    }

    /** Everybody can log public certificates again and again: they are read once. */
    private void learn(long index, CertificateUpdate.Unread update) throws MalformedInputException {
      Fingerprint primary = update.primary();
      Optional<Certificate> pinned = policy.certificate(primary);
      Seen here = new Seen(primary, update.digest());
      if (pinned.isEmpty() || !seen.add(here)) {
        return;
      }
      Certificate newer = update.read().certificate();
      KeyHistory before = learned.getOrDefault(primary, KeyHistory.of(pinned.get()));
      KeyHistory after = before.updated(index, newer);
      if (!after.equals(before)) {
        learned.put(primary, after);
        news.computeIfAbsent(primary, key -> new ArrayList<>()).add(new News(here, newer));
      }
    }
  }

  /** Begins to learn a log; what was learned of it before is forgotten. */
  public Lesson learn(String origin) {
    Lesson lesson = new Lesson();
    lessons.put(origin, lesson);
    histories.clear();
    return lesson;
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
                histories.computeIfAbsent(
                    new Place(origin, primary), place -> history(origin, pinned)))
        .<SignatureCheck>map(
            history -> (signature, message) -> history.verify(signature, message, index, loggedBy));
  }

  private KeyHistory history(String origin, Certificate pinned) {
    Fingerprint primary = pinned.fingerprint();
    Lesson own = lessons.getOrDefault(origin, new Lesson());
    KeyHistory history = own.learned.getOrDefault(primary, KeyHistory.of(pinned));
    try {
      for (Lesson lesson : lessons.values()) {
        for (News news : lesson.news.getOrDefault(primary, List.of())) {
          if (!own.seen.contains(news.seen)) {
            history = history.updatedSomewhere(news.certificate);
          }
        }
      }
      return history;
    } catch (MalformedInputException e) {
      throw new IllegalStateException("an update of " + primary + " became another's", e);
    }
  }
}
