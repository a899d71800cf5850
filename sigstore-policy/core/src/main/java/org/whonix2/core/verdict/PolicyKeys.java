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
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.log.WitnessedTimes;
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
 * <p>A soft revocation voids what stands behind it in its log. In another log it voids what was not
 * provably there when the revocation was: an owner who retires a key says so in every log.
 */
public final class PolicyKeys {
  private final UpdatePolicy policy;
  private final Instant now;
  private final Map<String, Lesson> lessons = new LinkedHashMap<>();
  private final Map<Place, KeyHistory> histories = new HashMap<>();

  /**
   * @param now by when every entry stands in its log
   */
  public PolicyKeys(UpdatePolicy policy, Instant now) {
    this.policy = policy;
    this.now = now;
  }

  private record Place(String log, Fingerprint primary) {}

  private record News(long index, Certificate certificate) {}

  /** Learns one log, entry by entry from its first. */
  public final class Lesson {
    private final WitnessedTimes times;
    private final Map<Fingerprint, KeyHistory> learned = new HashMap<>();
    private final Map<Fingerprint, List<News>> news = new HashMap<>();
    private final Set<Sha256> seen = new HashSet<>();
    private long next;

    private Lesson(WitnessedTimes times) {
      this.times = times;
    }

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

    /** How many entries it has taken. */
    public long size() {
      return next;
    }

    /** Everybody can log public certificates again and again: they are read once. */
    private void learn(long index, CertificateUpdate.Unread update) throws MalformedInputException {
      Fingerprint primary = update.primary();
      Optional<Certificate> pinned = policy.certificate(primary);
      if (pinned.isEmpty() || !seen.add(update.digest())) {
        return;
      }
      Certificate newer = update.read().certificate();
      KeyHistory before = learned.getOrDefault(primary, KeyHistory.of(pinned.get()));
      KeyHistory after = before.updated(index, newer);
      if (!after.equals(before)) {
        learned.put(primary, after);
        news.computeIfAbsent(primary, key -> new ArrayList<>()).add(new News(index, newer));
      }
    }
  }

  /**
   * Begins to learn a log; what was learned of it before is forgotten.
   *
   * @param times by when its entries stood there
   */
  public Lesson learn(String origin, WitnessedTimes times) {
    Lesson lesson = new Lesson(times);
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
    Lesson own = lessons.get(origin);
    KeyHistory history = own == null ? null : own.learned.get(primary);
    try {
      KeyHistory whole = history == null ? KeyHistory.of(pinned) : history;
      for (Map.Entry<String, Lesson> lesson : lessons.entrySet()) {
        if (!lesson.getKey().equals(origin)) {
          for (News news : lesson.getValue().news.getOrDefault(primary, List.of())) {
            whole = fromElsewhere(whole, news, lesson.getValue().times, own);
          }
        }
      }
      return whole;
    } catch (MalformedInputException e) {
      throw new IllegalStateException("an update of " + primary + " became another's", e);
    }
  }

  /** As if it stood behind the last entry of this log that was surely there before it. */
  private KeyHistory fromElsewhere(
      KeyHistory history, News news, WitnessedTimes there, @Nullable Lesson own)
      throws MalformedInputException {
    long before = own == null ? 0 : own.times.sizeBy(there.of(news.index, now));
    return before == 0
        ? history.updatedSomewhere(news.certificate)
        : history.updated(before - 1, news.certificate);
  }
}
