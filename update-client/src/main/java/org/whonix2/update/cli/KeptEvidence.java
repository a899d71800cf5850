package org.whonix2.update.cli;

import java.io.IOException;
import java.time.Instant;
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

/**
 * Reads the store into {@link Evidence}. Everything is verified again, under the policy as it is
 * now: the log's signature, the cosignatures, the tree, each envelope.
 */
final class KeptEvidence {
  private final UpdatePolicy policy;
  private final Instant now;

  KeptEvidence(UpdatePolicy policy, Instant now) {
    this.policy = policy;
    this.now = now;
  }

  Evidence read(BoxStore store) throws CommandException, IOException {
    Evidence.Collector collector = new Evidence.Collector();
    collector.keep(floors(store).under(policy.name()));
    PolicyKeys keys = new PolicyKeys(policy);
    for (LogSource source : policy.logs()) {
      learn(keys.learn(source.origin()), store.log(source.origin()));
    }
    for (LogSource source : policy.logs()) {
      read(source, keys, store.log(source.origin()), collector);
    }
    return collector.evidence();
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

  private static void learn(PolicyKeys.Lesson lesson, LogStore store) throws IOException {
    try {
      store.load(lesson::accept);
    } catch (MalformedInputException e) {
      // Told where it counts: the log is read once more, and refuses everything then.
    }
  }

  private void read(LogSource source, PolicyKeys keys, LogStore store, Evidence.Collector collector)
      throws IOException {
    for (Misbehaviour misbehaviour : Misbehaviour.values()) {
      Optional<String> proof = store.proof(misbehaviour);
      if (proof.isPresent()) {
        collector.add(
            LogEvidence.of(
                source.origin(), new Standing.Misbehaved(misbehaviour.what(), proof.get())));
        return;
      }
    }
    EntryReader reader =
        new EntryReader(policy, keys, source.origin(), store.times(), now, collector);
    try {
      LogState state = store.load(reader::accept);
      reader.end(
          state.note().isPresent()
              ? standing(source, state, state.note().get())
              : new Standing.Absent("it was never followed"));
    } catch (MalformedInputException e) {
      reader.end(new Standing.Absent("what is kept of it is damaged: " + e.getMessage()));
    }
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
