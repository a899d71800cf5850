package org.whonix2.core.log;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.whonix2.core.MalformedInputException;

/**
 * Follows a log: takes in new entries and moves on only to a tree that provably begins with the one
 * kept. Boxes, nodes, mirrors and monitors all do this and nothing else.
 *
 * <p>The new entries extend the kept frontier; if the result has the root that the log signed, the
 * old tree is the new one's beginning, and no consistency proof is needed. Memory does not grow
 * with the log.
 */
public final class Follower {
  private final TrustedLog log;
  private final WitnessQuorum quorum;

  public Follower(TrustedLog log, WitnessQuorum quorum) {
    this.log = log;
    this.quorum = quorum;
  }

  /**
   * One step.
   *
   * @param now judges the cosignatures' times
   * @throws IOException if the fetcher or the sink fails; the kept state stays good
   */
  public FollowOutcome follow(LogState kept, LogFetcher fetcher, EntrySink sink, Instant now)
      throws IOException {
    CheckpointVerification verification = log.verify(fetcher.checkpoint());
    if (verification instanceof CheckpointVerification.Rejected rejected) {
      return new FollowOutcome.Rejected(rejected.reason());
    }
    SignedCheckpoint found = ((CheckpointVerification.Verified) verification).checkpoint();
    if (kept.note().isEmpty()) {
      return advance(kept, found, fetcher, sink, now);
    }
    Checkpoint old = kept.checkpoint().orElseThrow();
    SignedNote oldNote = kept.note().orElseThrow();
    if (!old.origin().equals(log.origin())) {
      return new FollowOutcome.Rejected(
          "expected a kept checkpoint of log " + log.origin() + ", found one of " + old.origin());
    }
    // Before the witnesses are counted: the log's signature alone proves these two.
    if (found.checkpoint().size() < old.size()) {
      return new FollowOutcome.Rollback(oldNote, found.note());
    }
    if (found.checkpoint().size() > old.size()) {
      return advance(kept, found, fetcher, sink, now);
    }
    return found.checkpoint().root().equals(old.root())
        ? stay(kept, oldNote, found, now)
        : new FollowOutcome.Fork(oldNote, found.note());
  }

  /** The same tree: keeps the newest cosignatures of both notes, so that freshness never falls. */
  private FollowOutcome stay(
      LogState kept, SignedNote oldNote, SignedCheckpoint found, Instant now) {
    WitnessQuorum.Tally served = quorum.tally(found.note(), now);
    if (served.wronged().isPresent()) {
      return new FollowOutcome.NotWitnessed(
          found.note(), new QuorumResult.BadCosignature(served.wronged().get()));
    }
    Map<Witness, Cosignature> newest = new LinkedHashMap<>(served.newest());
    quorum
        .tally(oldNote, now)
        .newest()
        .forEach((witness, old) -> newest.merge(witness, old, Cosignature::newer));
    List<NoteSignature> lines = new ArrayList<>();
    newest.values().forEach(cosignature -> lines.add(cosignature.signature()));
    CheckpointVerification merged = log.verify(found.withCosignatures(lines));
    if (!(merged instanceof CheckpointVerification.Verified verified)) {
      throw new IllegalStateException("a verified checkpoint stays verified");
    }
    QuorumResult result = quorum.judge(verified.checkpoint(), now);
    return result instanceof QuorumResult.Met met
        ? new FollowOutcome.Unchanged(state(verified.checkpoint().note(), kept.frontier()), met)
        : new FollowOutcome.NotWitnessed(found.note(), result);
  }

  private FollowOutcome advance(
      LogState kept, SignedCheckpoint found, LogFetcher fetcher, EntrySink sink, Instant now)
      throws IOException {
    QuorumResult result = quorum.judge(found, now);
    if (!(result instanceof QuorumResult.Met met)) {
      return new FollowOutcome.NotWitnessed(found.note(), result);
    }
    Checkpoint checkpoint = found.checkpoint();
    try {
      Frontier extended = takeIn(fetcher, kept.frontier(), checkpoint.size(), sink);
      return extended.matches(checkpoint)
          ? new FollowOutcome.Advanced(state(found.note(), extended), met, kept.size())
          : explainMismatch(kept, found, fetcher);
    } catch (MalformedInputException e) {
      return new FollowOutcome.ServedOtherEntries(found.note(), String.valueOf(e.getMessage()));
    }
  }

  /**
   * Tells a log that forked from entries that are nobody's, by reading all entries anew: it is a
   * fork only if they are what the log signed now and do not begin with what it signed then.
   */
  private FollowOutcome explainMismatch(LogState kept, SignedCheckpoint found, LogFetcher fetcher)
      throws IOException, MalformedInputException {
    EntrySink nowhere = (index, entry) -> {};
    Frontier beginning = takeIn(fetcher, Frontier.empty(), kept.size(), nowhere);
    boolean begins = beginning.equals(kept.frontier());
    if (!begins) {
      Frontier whole = takeIn(fetcher, beginning, found.checkpoint().size(), nowhere);
      if (whole.matches(found.checkpoint())) {
        return new FollowOutcome.Fork(kept.note().orElseThrow(), found.note());
      }
    }
    return new FollowOutcome.ServedOtherEntries(
        found.note(),
        "expected entries "
            + (begins ? kept.size() : 0)
            + " to "
            + found.checkpoint().size()
            + " of log "
            + log.origin()
            + " under its signed root, found other entries");
  }

  /** Extends the frontier by the entries from its size to {@code size}. */
  private static Frontier takeIn(LogFetcher fetcher, Frontier frontier, long size, EntrySink sink)
      throws IOException, MalformedInputException {
    Frontier extended = frontier;
    while (extended.size() < size) {
      long bundle = extended.size() / TilePath.FULL;
      int width = TilePath.widthAt(TilePath.ENTRIES, bundle, size);
      List<byte[]> entries = bundle(fetcher, bundle, width);
      for (byte[] entry : entries.subList((int) (extended.size() % TilePath.FULL), width)) {
        sink.accept(extended.size(), entry);
        extended = extended.appendEntry(entry);
      }
    }
    return extended;
  }

  private static List<byte[]> bundle(LogFetcher fetcher, long bundle, int width)
      throws IOException, MalformedInputException {
    try {
      return EntryBundle.parse(fetcher.entries(bundle, width), width);
    } catch (MalformedInputException e) {
      throw e.at(TilePath.entries(bundle, width).toString());
    }
  }

  private static LogState state(SignedNote note, Frontier frontier) {
    try {
      return LogState.of(note, frontier);
    } catch (MalformedInputException e) {
      throw new IllegalStateException("the root has just been compared", e);
    }
  }
}
