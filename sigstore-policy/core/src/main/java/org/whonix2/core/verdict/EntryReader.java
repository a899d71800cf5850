package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.dsse.Verification;
import org.whonix2.core.dsse.VerifiedEnvelope;
import org.whonix2.core.log.WitnessedTimes;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.policy.Rebuilder;
import org.whonix2.core.policy.Signatories;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.statement.CompilerBootstrap;
import org.whonix2.core.statement.Exemption;
import org.whonix2.core.statement.PolicyRelease;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.VetoOverride;

/**
 * Reads one log's entries into {@link Evidence}, in order. Signatures are verified before a payload
 * is parsed, by the key as it stood where the entry stands; what does not hold, or is said by
 * somebody whose word it is not, counts nothing and is counted.
 */
public final class EntryReader {
  private static final int LONGEST_REASON = 500;

  private final UpdatePolicy policy;
  private final PolicyKeys keys;
  private final String origin;
  private final WitnessedTimes times;
  private final Instant now;
  private final Evidence.Collector collector;
  private final List<LogEvidence.Unread> ofRebuilders = new ArrayList<>();
  private final Map<String, Integer> told = new HashMap<>();
  private long next;
  private long unread;

  /**
   * A reader at the log's first entry.
   *
   * @param keys which have learned the whole of every log
   * @param times by when entries stood in this log
   * @param now by when every entry stands there
   * @param collector takes what holds
   */
  public EntryReader(
      UpdatePolicy policy,
      PolicyKeys keys,
      String origin,
      WitnessedTimes times,
      Instant now,
      Evidence.Collector collector) {
    this.policy = policy;
    this.keys = keys;
    this.origin = origin;
    this.times = times;
    this.now = now;
    this.collector = collector;
  }

  /** Takes the next entry. Whatever it is, the entries behind it are read all the same. */
  public void accept(byte[] entry) {
    long index = next++;
    Envelope envelope;
    try {
      envelope = Envelope.parse(entry);
    } catch (MalformedInputException e) {
      unread++;
      return;
    }
    try {
      Instant loggedBy = times.of(index, now);
      Verification verification =
          VerifiedEnvelope.verify(
              envelope, primary -> keys.check(origin, primary, index, loggedBy));
      if (verification instanceof Verification.Verified verified) {
        take(new Place(index, loggedBy), verified.envelope());
      } else if (verification instanceof Verification.Rejected rejected) {
        drop(index, envelope, rejected.reason());
      }
    } catch (MalformedInputException e) {
      drop(index, envelope, String.valueOf(e.getMessage()));
    } catch (RuntimeException | StackOverflowError e) {
      // A bug of ours, but the entry stays in the log for ever: it must not end every verdict.
      drop(index, envelope, "reading it failed: " + Quoted.message(e));
    }
  }

  private record Place(long index, Instant loggedBy) {}

  private void take(Place place, VerifiedEnvelope envelope) throws MalformedInputException {
    Fingerprint signer = envelope.signer();
    Statement statement = Statement.parse(envelope.payloadType(), envelope.payload());
    Sha256 payload = Sha256.of(envelope.payload());
    if (statement instanceof RebuildStatement rebuild) {
      Rebuilder rebuilder = rebuilder(statement, rebuild.rebuilder(), signer);
      collector.add(
          new LoggedRebuild(origin, place.index, place.loggedBy, rebuilder, rebuild, payload));
    } else if (statement instanceof CompilerBootstrap bootstrap) {
      Rebuilder rebuilder = rebuilder(statement, bootstrap.rebuilder(), signer);
      collector.add(rebuilder.name(), bootstrap, payload, where(place));
    } else if (statement instanceof SnapshotHeader header) {
      Rebuilder rebuilder = rebuilder(statement, header.rebuilder(), signer);
      collector.add(rebuilder.name(), header, payload, where(place), place.loggedBy);
    } else if (statement instanceof Exemption exemption) {
      mustBeOf(policy.reviewers(), signer, "a reviewer");
      collector.add(signer, exemption);
    } else if (statement instanceof VetoOverride override) {
      mustBeOf(policy.reviewers(), signer, "a reviewer");
      collector.add(signer, override);
    } else if (statement instanceof PolicyRelease release) {
      mustBeOf(policy.maintainers(), signer, "a maintainer");
      collector.add(signer, release);
    }
    // A certificate update has been learned before; a log's roster says what it takes in, and
    // nothing about what counts.
  }

  private Rebuilder rebuilder(Statement statement, Fingerprint named, Fingerprint signer)
      throws MalformedInputException {
    if (!named.equals(signer)) {
      throw new MalformedInputException(
          "expected " + statement.kind() + " by its signer " + signer + ", found one by " + named);
    }
    return policy
        .rebuilder(signer)
        .orElseThrow(
            () ->
                new MalformedInputException(
                    "expected " + statement.kind() + " by a rebuilder, found one by " + signer));
  }

  private static void mustBeOf(Signatories people, Fingerprint signer, String who)
      throws MalformedInputException {
    if (people.withKey(signer).isEmpty()) {
      throw new MalformedInputException(
          "expected the word of " + who + ", found that of " + signer);
    }
  }

  private String where(Place place) {
    return "entry " + place.index + " of " + origin;
  }

  private void drop(long index, Envelope envelope, String why) {
    unread++;
    Optional<Rebuilder> rebuilder = claimed(envelope);
    if (rebuilder.isPresent()
        && told.merge(rebuilder.get().name(), 1, Integer::sum) <= LogEvidence.KEPT) {
      String reason = why.length() > LONGEST_REASON ? why.substring(0, LONGEST_REASON) : why;
      ofRebuilders.add(new LogEvidence.Unread(index, rebuilder.get().name(), reason));
    }
  }

  /** Who the key id names: worth telling, and proves nothing. */
  private Optional<Rebuilder> claimed(Envelope envelope) {
    try {
      return envelope.signatures().isEmpty()
          ? Optional.empty()
          : policy.rebuilder(Fingerprint.parse(envelope.signatures().get(0).keyid()));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  /** Ends the reading: this is how the log stands. */
  public void end(Standing standing) {
    collector.add(new LogEvidence(origin, standing, unread, ofRebuilders));
  }
}
