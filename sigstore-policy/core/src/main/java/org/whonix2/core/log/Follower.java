package org.whonix2.core.log;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

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
   * @param past tells a log that went back from one that forked at a smaller size
   * @param now the latest time to believe: judges the cosignatures' times, and is itself judged by
   *     those of the kept tree
   * @throws IOException if the fetcher, the sink or the past fails; the kept state stays good. Who
   *     serves a fork that grew can hide it by withholding entries, which ends here too: the
   *     follower then stays at the kept tree, and that it grows stale is what shows
   */
  public FollowOutcome follow(
      LogState kept, PastRoots past, LogFetcher fetcher, EntrySink sink, Instant now)
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
    // Before the witnesses are counted and the clock is judged: the log's signature alone proves
    // these two.
    if (found.checkpoint().size() <= old.size()) {
      Sha256 root =
          found.checkpoint().size() == old.size()
              ? old.root()
              : past.root(found.checkpoint().size());
      if (!found.checkpoint().root().equals(root)) {
        return new FollowOutcome.Fork(oldNote, found.note());
      }
      if (found.checkpoint().size() < old.size()) {
        return new FollowOutcome.Rollback(oldNote, found.note());
      }
    }
    Optional<Instant> floor = quorum.floor(oldNote).filter(time -> time.isAfter(now));
    if (floor.isPresent()) {
      return new FollowOutcome.ClockBehind(now, floor.get());
    }
    return found.checkpoint().size() == old.size()
        ? stay(kept, oldNote, found, now)
        : advance(kept, found, fetcher, sink, now);
  }

  /**
   * The same tree: keeps the newest cosignatures of both notes, so that freshness never falls. The
   * kept ones were believed once, so they are not given up because the clock was put back since.
   */
  private FollowOutcome stay(
      LogState kept, SignedNote oldNote, SignedCheckpoint found, Instant now) {
    WitnessQuorum.Tally served = quorum.tally(found.note(), now);
    if (served.wronged().isPresent()) {
      return new FollowOutcome.NotWitnessed(
          found.note(), new QuorumResult.BadCosignature(served.wronged().get()));
    }
    Map<Witness, Cosignature> newest = new LinkedHashMap<>(served.newest());
    Map<Witness, Cosignature> usable = new LinkedHashMap<>(served.newest());
    quorum
        .tally(oldNote, Instant.MAX)
        .newest()
        .forEach((witness, old) -> newest.merge(witness, old, Cosignature::newer));
    quorum
        .tally(oldNote, now)
        .newest()
        .forEach((witness, old) -> usable.merge(witness, old, Cosignature::newer));
    // The second is another one only where the newest is in the future of a clock put back.
    SignedNote merged =
        note(found, Stream.concat(newest.values().stream(), usable.values().stream()));
    if (!(log.verify(merged) instanceof CheckpointVerification.Verified verified)) {
      throw new IllegalStateException("a verified checkpoint stays verified");
    }
    QuorumResult result = quorum.judge(verified.checkpoint(), now);
    return result instanceof QuorumResult.Met met
        ? new FollowOutcome.Unchanged(state(merged, kept.frontier()), met)
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
      Frontier extended =
          takeIn(
              fetcher,
              kept.frontier(),
              checkpoint.size(),
              (before, entry) -> sink.accept(before.size(), entry));
      if (!extended.matches(checkpoint)) {
        return explainMismatch(kept, found, fetcher);
      }
      // Without the cosignatures of the future: kept, they would count one day, and one liar's
      // could set the floor.
      SignedNote accepted = note(found, quorum.tally(found.note(), now).newest().values().stream());
      return new FollowOutcome.Advanced(state(accepted, extended), met, kept.size());
    } catch (MalformedInputException e) {
      return new FollowOutcome.ServedOtherEntries(found.note(), String.valueOf(e.getMessage()));
    }
  }

  private static SignedNote note(SignedCheckpoint checkpoint, Stream<Cosignature> cosignatures) {
    return checkpoint.withCosignatures(
        cosignatures.map(Cosignature::signature).distinct().toList());
  }

  /**
   * Tells a log that forked from entries that are nobody's, by reading all entries anew: it is a
   * fork only if they are what the log signed now and do not begin with what it signed then. One
   * pass at the found size, as a log need not keep the partial bundles of older sizes.
   */
  private FollowOutcome explainMismatch(LogState kept, SignedCheckpoint found, LogFetcher fetcher)
      throws IOException, MalformedInputException {
    // Every tree begins with the empty one.
    boolean begins = kept.size() == 0;
    if (!begins) {
      List<Frontier> beginning = new ArrayList<>();
      Frontier whole =
          takeIn(
              fetcher,
              Frontier.empty(),
              found.checkpoint().size(),
              (before, entry) -> {
                if (before.size() == kept.size()) {
                  beginning.add(before);
                }
              });
      begins = beginning.contains(kept.frontier());
      if (!begins && whole.matches(found.checkpoint())) {
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

  /** What is done with an entry before it extends this frontier. */
  private interface Step {
    void accept(Frontier before, byte[] entry) throws IOException;
  }

  /** Extends the frontier by the entries from its size to {@code size}. */
  private static Frontier takeIn(LogFetcher fetcher, Frontier frontier, long size, Step step)
      throws IOException, MalformedInputException {
    Frontier extended = frontier;
    while (extended.size() < size) {
      long bundle = extended.size() / TilePath.FULL;
      int width = TilePath.widthAt(TilePath.ENTRIES, bundle, size);
      List<byte[]> entries = bundle(fetcher, bundle, width);
      for (byte[] entry : entries.subList((int) (extended.size() % TilePath.FULL), width)) {
        step.accept(extended, entry);
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
