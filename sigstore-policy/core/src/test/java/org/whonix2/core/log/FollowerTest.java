package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.whonix2.core.log.SimulatedLog.ALPHA;
import static org.whonix2.core.log.SimulatedLog.ALPHA_2;
import static org.whonix2.core.log.SimulatedLog.BETA;
import static org.whonix2.core.log.SimulatedLog.GAMMA;
import static org.whonix2.core.log.SimulatedLog.KEY;
import static org.whonix2.core.log.SimulatedLog.NOW;
import static org.whonix2.core.log.SimulatedLog.ORIGIN;
import static org.whonix2.core.log.SimulatedLog.QUORUM;
import static org.whonix2.core.log.SimulatedLog.STRANGER;
import static org.whonix2.core.log.SimulatedLog.TRUSTED;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each attack on a follower that has taken in an honest log of 300 entries. */
class FollowerTest {
  private static final Instant EARLIER = NOW.minus(Duration.ofHours(5));
  private static final Instant LATER = NOW.plus(Duration.ofHours(1));

  private final List<byte[]> taken = new ArrayList<>();
  private LogState state = LogState.empty();

  private FollowOutcome follow(LogFetcher log) throws IOException {
    return follow(log, NOW);
  }

  private FollowOutcome follow(LogFetcher log, Instant now) throws IOException {
    List<byte[]> provisional = new ArrayList<>();
    FollowOutcome outcome =
        new Follower(TRUSTED, QUORUM)
            .follow(
                state,
                log,
                (index, entry) -> {
                  assertThat(index).isEqualTo(taken.size() + provisional.size());
                  provisional.add(entry);
                },
                now);
    if (outcome instanceof FollowOutcome.Advanced advanced) {
      assertThat(advanced.from()).isEqualTo(taken.size());
      taken.addAll(provisional);
      state = advanced.state();
    } else if (outcome instanceof FollowOutcome.Unchanged unchanged) {
      state = unchanged.state();
    }
    return outcome;
  }

  private static SimulatedLog honest() {
    return new SimulatedLog("honest", 300).publish();
  }

  // What honest logs do

  @Test
  void takesInAnHonestLogAndItsGrowth() throws Exception {
    SimulatedLog log = new SimulatedLog("honest", 0).publish();
    for (int growth : new int[] {0, 1, 254, 1, 1, 255, 256, 3}) {
      log.add("honest", growth).publish();
      assertThat(follow(log)).isNotInstanceOf(FollowOutcome.Rejected.class);
      assertThat(taken).containsExactlyElementsOf(log.entries());
      assertThat(state.checkpoint()).contains(log.head());
    }
  }

  @Test
  void fetchesOnlyTheBundlesThatHaveNewEntries() throws Exception {
    SimulatedLog log = new SimulatedLog("honest", 513).publish();
    follow(log);
    assertThat(log.requests())
        .containsExactly("tile/entries/000", "tile/entries/001", "tile/entries/002.p/1");
    log.requests().clear();
    follow(log.add("honest", 2).publish());
    assertThat(log.requests()).containsExactly("tile/entries/002.p/3");
  }

  @Test
  void goesOnFromAStoredState() throws Exception {
    SimulatedLog log = honest();
    follow(log);
    state =
        LogState.of(
            state.note().orElseThrow().toBytes(), Frontier.parse(state.frontier().toString()));
    assertThat(follow(log.add("honest", 5).publish())).isInstanceOf(FollowOutcome.Advanced.class);
    assertThat(taken).hasSize(305);
  }

  @Test
  void keepsNewerCosignaturesOfTheSameTree() throws Exception {
    follow(honest().publish(EARLIER, ALPHA, BETA));
    FollowOutcome outcome = follow(honest().publish(NOW, BETA, GAMMA));
    assertThat(((FollowOutcome.Unchanged) outcome).witnessed().time()).isEqualTo(NOW);
    assertThat(state.note().orElseThrow().signatures()).hasSize(4);
  }

  @Test
  void readsThroughSignaturesOfStrangers() throws Exception {
    assertThat(follow(honest().publish(NOW, STRANGER, ALPHA, BETA)))
        .isInstanceOf(FollowOutcome.Advanced.class);
  }

  // What hostile logs and those between do

  @Test
  void rollback() throws Exception {
    follow(honest());
    SimulatedLog old = new SimulatedLog("honest", 299).publish();
    FollowOutcome outcome = follow(old);
    assertThat(outcome)
        .isEqualTo(new FollowOutcome.Rollback(state.note().orElseThrow(), old.note()));
    assertThat(outcome.explain()).contains("\n300\n", "\n299\n", "— " + ORIGIN + " ");
  }

  @Test
  void rollbackToNothing() throws Exception {
    follow(honest());
    assertThat(follow(new SimulatedLog("honest", 0).publish()))
        .isInstanceOf(FollowOutcome.Rollback.class);
  }

  @Test
  void forkOfTheSameSize() throws Exception {
    follow(honest());
    SimulatedLog forked = honest().rewrite(7).publish();
    assertThat(follow(forked))
        .isEqualTo(new FollowOutcome.Fork(state.note().orElseThrow(), forked.note()));
  }

  @Test
  void forkOfTheSameSizeThatNoWitnessSaw() throws Exception {
    follow(honest());
    assertThat(follow(honest().rewrite(7).publish(NOW))).isInstanceOf(FollowOutcome.Fork.class);
  }

  @Test
  void forkThatGrew() throws Exception {
    follow(honest());
    SimulatedLog forked = honest().rewrite(7).add("honest", 300).publish();
    assertThat(follow(forked))
        .isEqualTo(new FollowOutcome.Fork(state.note().orElseThrow(), forked.note()));
    assertThat(taken).hasSize(300);
  }

  @Test
  void forkInTheLastEntryThatGrew() throws Exception {
    follow(honest());
    assertThat(follow(honest().rewrite(299).add("honest", 1).publish()))
        .isInstanceOf(FollowOutcome.Fork.class);
  }

  @Test
  void forkServedWithTheHonestEntries() throws Exception {
    // Without the entries behind the new root nobody can be convinced that it is a fork.
    follow(honest());
    SimulatedLog forked = honest().rewrite(7).add("honest", 9).publish();
    assertThat(follow(honest().add("honest", 9).serve(forked.checkpoint())))
        .isInstanceOf(FollowOutcome.ServedOtherEntries.class);
  }

  @Test
  void withheldEntries() throws Exception {
    follow(honest());
    byte[] larger = honest().add("honest", 9).publish().checkpoint();
    assertThatIOException().isThrownBy(() -> follow(honest().serve(larger)));
    assertThat(state.size()).isEqualTo(300);
  }

  @Test
  void entriesOfSomebodyElse() throws Exception {
    follow(honest());
    byte[] larger = honest().add("honest", 9).publish().checkpoint();
    assertThat(follow(honest().add("false", 9).serve(larger)))
        .isInstanceOf(FollowOutcome.ServedOtherEntries.class);
    assertThat(state.size()).isEqualTo(300);
  }

  @Test
  void entriesOfSomebodyElseAtTheFirstMeeting() throws Exception {
    assertThat(follow(new SimulatedLog("false", 300).serve(honest().checkpoint())))
        .isInstanceOf(FollowOutcome.ServedOtherEntries.class);
    assertThat(state.note()).isEmpty();
  }

  @Test
  void bundlesCutShortAndTooLong() throws Exception {
    assertThat(follow(honest().bundles(b -> Arrays.copyOf(b, b.length - 1))).explain())
        .startsWith("tile/entries/000: entry bundle: ");
    assertThat(follow(honest().bundles(b -> Arrays.copyOf(b, b.length + 2))))
        .isInstanceOf(FollowOutcome.ServedOtherEntries.class);
    assertThat(follow(honest().bundles(b -> new byte[EntryBundle.MAX_BYTES + 1])))
        .isInstanceOf(FollowOutcome.ServedOtherEntries.class);
    assertThat(state.note()).isEmpty();
  }

  @Test
  void garbageInsteadOfACheckpoint() throws Exception {
    for (String garbage : List.of("", "<html>", "x\n1\n\n— y z\n", honest().head().format())) {
      assertThat(follow(honest().serve(garbage.getBytes(StandardCharsets.UTF_8))))
          .isInstanceOf(FollowOutcome.Rejected.class);
    }
    assertThat(follow(honest().serve(new byte[SignedNote.MAX_BYTES + 1])).explain())
        .isEqualTo("signed note: expected at most 65536 bytes, found 65537");
  }

  @Test
  void everyChangedByteOfTheCheckpoint() throws Exception {
    byte[] good = honest().checkpoint();
    int end = new String(good, StandardCharsets.UTF_8).indexOf("— w.example/alpha ");
    int bytes = honest().note().text().getBytes(StandardCharsets.UTF_8).length;
    assertThat(end).isGreaterThan(bytes);
    SimulatedLog log = honest();
    for (int at = 0; at < bytes; at++) {
      byte[] changed = good.clone();
      changed[at] ^= 1;
      assertThat(follow(log.serve(changed))).isInstanceOf(FollowOutcome.Rejected.class);
    }
  }

  @Test
  void anotherLogsCheckpoint() throws Exception {
    SigningKey other = SimulatedLog.key("other.example/log", SignatureType.ED25519);
    Checkpoint theirs = new Checkpoint("other.example/log", 300, honest().head().root());
    assertThat(follow(honest().serve(theirs.sign(other).toBytes())).explain())
        .isEqualTo(
            "expected a checkpoint of log log.example.org/test, found one of 'other.example/log'");
    assertThat(follow(honest().serve(theirs.sign(KEY).toBytes())))
        .isInstanceOf(FollowOutcome.Rejected.class);
  }

  @Test
  void aCheckpointSignedByWitnessesOnly() throws Exception {
    Checkpoint head = honest().head();
    byte[] unsigned =
        SimulatedLog.note(head.format(), List.of(ALPHA.cosign(head, NOW), BETA.cosign(head, NOW)))
            .toBytes();
    assertThat(follow(honest().serve(unsigned)).explain())
        .isEqualTo(
            "expected a signature by log log.example.org/test on its checkpoint, found none");
  }

  @Test
  void aLogsKeyUnderTheSameNameThatIsAnotherKey() throws Exception {
    SigningKey namesake = SimulatedLog.key(ORIGIN, SignatureType.ED25519);
    assertThat(follow(honest().serve(honest().head().sign(namesake).toBytes())))
        .isInstanceOf(FollowOutcome.Rejected.class);
  }

  @Test
  void tooFewWitnesses() throws Exception {
    assertThat(follow(honest().publish(NOW, ALPHA)).explain())
        .isEqualTo(
            "expected cosignatures by 2 operators, found 1: alpha-1 of alpha at "
                + "2026-06-01T12:00:00Z");
    assertThat(follow(honest().publish(NOW))).isInstanceOf(FollowOutcome.NotWitnessed.class);
    assertThat(state.note()).isEmpty();
  }

  @Test
  void oneOperatorWithManyWitnesses() throws Exception {
    assertThat(follow(honest().publish(NOW, ALPHA, ALPHA_2, ALPHA)))
        .isInstanceOf(FollowOutcome.NotWitnessed.class);
  }

  @Test
  void strangersAsWitnesses() throws Exception {
    assertThat(follow(honest().publish(NOW, ALPHA, STRANGER)))
        .isInstanceOf(FollowOutcome.NotWitnessed.class);
  }

  @Test
  void aWitnessesLineThatItDidNotMake() throws Exception {
    Checkpoint head = honest().head();
    NoteSignature stolen = ALPHA.cosign(new Checkpoint(ORIGIN, 1, head.root()), NOW);
    List<NoteSignature> lines =
        List.of(KEY.sign(head.format()), BETA.cosign(head, NOW), GAMMA.cosign(head, NOW), stolen);
    byte[] served = SimulatedLog.note(head.format(), lines).toBytes();
    assertThat(follow(honest().serve(served)).explain())
        .isEqualTo("the cosignature by witness alpha-1 is bad");
    follow(honest());
    assertThat(follow(honest().serve(served))).isInstanceOf(FollowOutcome.NotWitnessed.class);
  }

  @Test
  void cosignaturesOfTheFuture() throws Exception {
    assertThat(follow(honest().publish(LATER, ALPHA, BETA)).explain())
        .isEqualTo(
            "expected cosignatures by 2 operators, found 0; 2 dated in the future do not count");
  }

  @Test
  void staleCosignaturesOfTheSameTreeDoNotMakeItStaler() throws Exception {
    follow(honest());
    FollowOutcome outcome = follow(honest().publish(EARLIER, ALPHA, BETA), LATER);
    assertThat(((FollowOutcome.Unchanged) outcome).witnessed().time()).isEqualTo(NOW);
    outcome = follow(honest().publish(NOW), LATER);
    assertThat(((FollowOutcome.Unchanged) outcome).witnessed().time()).isEqualTo(NOW);
  }

  @Test
  void staleCosignaturesOfALargerTreeAreSeenToBeStale() throws Exception {
    FollowOutcome outcome = follow(honest().publish(EARLIER, ALPHA, BETA));
    assertThat(((FollowOutcome.Advanced) outcome).witnessed().time()).isEqualTo(EARLIER);
  }

  @Test
  void oneLyingWitnessDoesNotMakeAnOldTreeFresh() throws Exception {
    Checkpoint head = honest().head();
    List<NoteSignature> lines =
        List.of(
            KEY.sign(head.format()),
            ALPHA.cosign(head, NOW),
            ALPHA_2.cosign(head, NOW),
            BETA.cosign(head, EARLIER),
            GAMMA.cosign(head, EARLIER.minusSeconds(1)));
    FollowOutcome outcome =
        follow(honest().serve(SimulatedLog.note(head.format(), lines).toBytes()));
    assertThat(((FollowOutcome.Advanced) outcome).witnessed().time()).isEqualTo(EARLIER);
  }

  @Test
  void aNoteFilledWithJunkDoesNotPushCosignaturesOut() throws Exception {
    follow(honest());
    List<NoteSignature> lines = new ArrayList<>(List.of(KEY.sign(honest().head().format())));
    for (int i = 0; lines.size() < SignedNote.MAX_SIGNATURES; i++) {
      lines.add(STRANGER.cosign(honest().head(), NOW.plusSeconds(i)));
    }
    byte[] junk = SimulatedLog.note(honest().head().format(), lines).toBytes();
    assertThat(follow(honest().serve(junk))).isInstanceOf(FollowOutcome.Unchanged.class);
    assertThat(state.note().orElseThrow().signatures()).hasSize(3);
  }

  @Test
  void aSizeNobodyCanHave() throws Exception {
    Checkpoint huge = new Checkpoint(ORIGIN, TreeSize.MAX, honest().head().root());
    byte[] served =
        SimulatedLog.note(
                huge.format(),
                List.of(KEY.sign(huge.format()), ALPHA.cosign(huge, NOW), BETA.cosign(huge, NOW)))
            .toBytes();
    assertThatIOException().isThrownBy(() -> follow(honest().serve(served)));
  }

  @Test
  void aStateOfAnotherLog() throws Exception {
    follow(honest());
    SigningKey other = SimulatedLog.key("other.example/log", SignatureType.ED25519);
    Checkpoint theirs = new Checkpoint("other.example/log", 300, honest().head().root());
    state = LogState.of(theirs.sign(other).toBytes(), state.frontier());
    assertThat(follow(honest())).isInstanceOf(FollowOutcome.Rejected.class);
  }
}
