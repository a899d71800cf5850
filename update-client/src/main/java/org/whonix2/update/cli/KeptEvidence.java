package org.whonix2.update.cli;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.CheckpointVerification;
import org.whonix2.core.log.LogState;
import org.whonix2.core.log.QuorumResult;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.policy.LogSource;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.verdict.BoxClock;
import org.whonix2.core.verdict.EntryReader;
import org.whonix2.core.verdict.Evidence;
import org.whonix2.core.verdict.LogEvidence;
import org.whonix2.core.verdict.PolicyKeys;
import org.whonix2.core.verdict.Standing;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.update.store.BoxStore;
import org.whonix2.update.store.Floors;
import org.whonix2.update.store.LogStore;
import org.whonix2.update.store.LogStore.Misbehaviour;
import org.whonix2.update.store.VetoFindings;

/**
 * Reads the store into {@link Evidence}. Everything is verified again, under the policy as it is
 * now: the log's signature, the cosignatures, the tree, each envelope. Every log is read twice,
 * first for what it says of keys, without a lock.
 */
final class KeptEvidence {
  private final UpdatePolicy policy;
  private final Instant now;

  KeptEvidence(UpdatePolicy policy, Instant now) {
    this.policy = policy;
    this.now = now;
  }

  /** As the newest sync left it: a veto whose evidence it missed for long does not count. */
  Evidence read(BoxStore store) throws CommandException, IOException {
    return read(store, store.vetoFindings());
  }

  /** The same by what was found of vetoes. */
  Evidence read(BoxStore store, VetoFindings findings) throws CommandException, IOException {
    Evidence.Collector collector = collect(store);
    findings.tell(collector);
    return collector.evidence();
  }

  /** In which every veto counts. */
  Evidence.Collector collect(BoxStore store) throws CommandException, IOException {
    return learn(store).judge();
  }

  /** Reads every log for what is said of keys. */
  Learned learn(BoxStore store) throws CommandException, IOException {
    Floors floors = floors(store);
    PolicyKeys keys = new PolicyKeys(policy);
    List<LearnedLog> logs = new ArrayList<>();
    for (LogSource source : policy.logs()) {
      logs.add(learn(source, keys.learn(source.origin()), store.log(source.origin())));
    }
    return new Learned(floors, keys, logs);
  }

  private static LearnedLog learn(LogSource source, PolicyKeys.Lesson lesson, LogStore store)
      throws IOException {
    try {
      return new LearnedLog(source, store, store.load(lesson::accept), Optional.empty());
    } catch (MalformedInputException e) {
      return new LearnedLog(
          source, store, LogState.empty(), Optional.of(String.valueOf(e.getMessage())));
    }
  }

  /**
   * A log of which every entry up to a tree was read once.
   *
   * @param damage why that is none, if there is any
   */
  private record LearnedLog(
      LogSource source, LogStore store, LogState state, Optional<String> damage) {}

  /**
   * What is known of keys, up to one tree of each log. No entry behind it is judged: a sync may
   * take one in meanwhile whose revocation, behind it, nobody has learned.
   */
  final class Learned {
    private final Floors floors;
    private final PolicyKeys keys;
    private final List<LearnedLog> logs;

    private Learned(Floors floors, PolicyKeys keys, List<LearnedLog> logs) {
      this.floors = floors;
      this.keys = keys;
      this.logs = logs;
    }

    /** Reads the same entries once more, each by the key as it stood there. */
    Evidence.Collector judge() throws IOException {
      Evidence.Collector collector = new Evidence.Collector();
      collector.keep(floors.under(policy.name()));
      for (LearnedLog log : logs) {
        KeptEvidence.this.judge(log, keys, collector);
      }
      return collector;
    }
  }

  /** What this box does not go back behind; where it cannot tell, nothing is accepted. */
  static Floors floors(BoxStore store) throws CommandException, IOException {
    try {
      return store.floors();
    } catch (MalformedInputException e) {
      throw new CommandException(
          ExitCode.EVIDENCE_MISSING,
          "what this box does not go back behind is damaged: " + e.getMessage(),
          "nothing is accepted until that file is right; to forget which policies and which time"
              + " this box has seen, check policy and clock, remove it and sync",
          e);
    }
  }

  private void judge(LearnedLog log, PolicyKeys keys, Evidence.Collector collector)
      throws IOException {
    String origin = log.source.origin();
    for (Misbehaviour misbehaviour : Misbehaviour.values()) {
      Optional<String> proof = log.store.proof(misbehaviour);
      if (proof.isPresent()) {
        collector.add(
            LogEvidence.of(origin, new Standing.Misbehaved(misbehaviour.what(), proof.get())));
        return;
      }
    }
    EntryReader reader = new EntryReader(policy, keys, origin, log.store.times(), now, collector);
    reader.end(reread(log, reader));
  }

  private Standing reread(LearnedLog log, EntryReader reader) throws IOException {
    if (log.damage.isPresent()) {
      return damaged(log.damage.get());
    }
    try {
      log.store.reload(log.state, reader::accept);
    } catch (MalformedInputException e) {
      return damaged(String.valueOf(e.getMessage()));
    }
    return log.state
        .note()
        .map(note -> standing(log.source, log.state, note))
        .orElse(new Standing.Absent("it was never followed"));
  }

  private static Standing damaged(String why) {
    return new Standing.Absent("what is kept of it is damaged: " + why);
  }

  private Standing standing(LogSource source, LogState state, SignedNote note) {
    CheckpointVerification verification = source.log().verify(note);
    if (verification instanceof CheckpointVerification.Verified verified) {
      QuorumResult quorum =
          policy.witnesses().judge(verified.checkpoint(), BoxClock.latestBelievable(now));
      return new Standing.Followed(
          state.size(),
          quorum instanceof QuorumResult.Met met ? Optional.of(met.time()) : Optional.empty(),
          quorum.explain());
    }
    return new Standing.Absent("the kept checkpoint is not by the policy's log key");
  }
}
