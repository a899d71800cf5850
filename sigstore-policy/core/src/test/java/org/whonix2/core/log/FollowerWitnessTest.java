package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.core.log.SimulatedLog.ALPHA;
import static org.whonix2.core.log.SimulatedLog.ALPHA_2;
import static org.whonix2.core.log.SimulatedLog.BETA;
import static org.whonix2.core.log.SimulatedLog.GAMMA;
import static org.whonix2.core.log.SimulatedLog.KEY;
import static org.whonix2.core.log.SimulatedLog.NOW;
import static org.whonix2.core.log.SimulatedLog.ORIGIN;
import static org.whonix2.core.log.SimulatedLog.STRANGER;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose cosignatures count, and how fresh they make a tree. */
class FollowerWitnessTest {
  private static final Instant EARLIER = NOW.minus(Duration.ofHours(5));
  private static final Instant LATER = NOW.plus(Duration.ofHours(1));

  private final SimulatedBox box = new SimulatedBox();

  private static SimulatedLog honest() {
    return new SimulatedLog("honest", 300).publish();
  }

  @Test
  void keepsNewerCosignaturesOfTheSameTree() throws Exception {
    box.follow(honest().publish(EARLIER, ALPHA, BETA));
    FollowOutcome outcome = box.follow(honest().publish(NOW, BETA, GAMMA));
    assertThat(((FollowOutcome.Unchanged) outcome).witnessed().time()).isEqualTo(NOW);
    assertThat(box.kept().signatures()).hasSize(4);
  }

  @Test
  void readsThroughSignaturesOfStrangers() throws Exception {
    assertThat(box.follow(honest().publish(NOW, STRANGER, ALPHA, BETA)))
        .isInstanceOf(FollowOutcome.Advanced.class);
  }

  @Test
  void aCheckpointSignedByWitnessesOnly() throws Exception {
    Checkpoint head = honest().head();
    byte[] unsigned =
        SimulatedLog.note(head.format(), List.of(ALPHA.cosign(head, NOW), BETA.cosign(head, NOW)))
            .toBytes();
    assertThat(box.follow(honest().serve(unsigned)).explain())
        .isEqualTo(
            "expected a signature by log log.example.org/test on its checkpoint, found none");
  }

  @Test
  void tooFewWitnesses() throws Exception {
    assertThat(box.follow(honest().publish(NOW, ALPHA)).explain())
        .isEqualTo(
            "expected cosignatures by 2 of alpha, beta, gamma, found 1: alpha-1 of alpha at "
                + "2026-06-01T12:00:00Z");
    assertThat(box.follow(honest().publish(NOW))).isInstanceOf(FollowOutcome.NotWitnessed.class);
    assertThat(box.state().note()).isEmpty();
  }

  @Test
  void oneOperatorWithManyWitnesses() throws Exception {
    assertThat(box.follow(honest().publish(NOW, ALPHA, ALPHA_2, ALPHA)))
        .isInstanceOf(FollowOutcome.NotWitnessed.class);
  }

  @Test
  void theNewestWordOfAnOperatorsWitnessesCounts() throws Exception {
    Checkpoint head = honest().head();
    for (List<SigningKey> alphas : List.of(List.of(ALPHA, ALPHA_2), List.of(ALPHA_2, ALPHA))) {
      List<NoteSignature> lines =
          List.of(
              KEY.sign(head.format()),
              BETA.cosign(head, NOW),
              alphas.get(0).cosign(head, EARLIER),
              alphas.get(1).cosign(head, NOW));
      FollowOutcome outcome =
          new SimulatedBox()
              .follow(honest().serve(SimulatedLog.note(head.format(), lines).toBytes()));
      assertThat(((FollowOutcome.Advanced) outcome).witnessed().time()).isEqualTo(NOW);
    }
  }

  @Test
  void strangersAsWitnesses() throws Exception {
    assertThat(box.follow(honest().publish(NOW, ALPHA, STRANGER)))
        .isInstanceOf(FollowOutcome.NotWitnessed.class);
  }

  @Test
  void aWitnessesLineThatItDidNotMake() throws Exception {
    Checkpoint head = honest().head();
    NoteSignature stolen = ALPHA.cosign(new Checkpoint(ORIGIN, 1, head.root()), NOW);
    List<NoteSignature> lines =
        List.of(KEY.sign(head.format()), BETA.cosign(head, NOW), GAMMA.cosign(head, NOW), stolen);
    byte[] served = SimulatedLog.note(head.format(), lines).toBytes();
    assertThat(box.follow(honest().serve(served)).explain())
        .isEqualTo("the cosignature by witness alpha-1 is bad");
    box.follow(honest());
    assertThat(box.follow(honest().serve(served))).isInstanceOf(FollowOutcome.NotWitnessed.class);
  }

  @Test
  void cosignaturesOfTheFuture() throws Exception {
    assertThat(box.follow(honest().publish(LATER, ALPHA, BETA)).explain())
        .isEqualTo(
            "expected cosignatures by 2 of alpha, beta, gamma, found 0; 2 dated in the future do not count");
  }

  @Test
  void staleCosignaturesOfTheSameTreeDoNotMakeItStaler() throws Exception {
    box.follow(honest());
    FollowOutcome outcome = box.follow(honest().publish(EARLIER, ALPHA, BETA), LATER);
    assertThat(((FollowOutcome.Unchanged) outcome).witnessed().time()).isEqualTo(NOW);
    outcome = box.follow(honest().publish(NOW), LATER);
    assertThat(((FollowOutcome.Unchanged) outcome).witnessed().time()).isEqualTo(NOW);
  }

  @Test
  void staleCosignaturesOfALargerTreeAreSeenToBeStale() throws Exception {
    FollowOutcome outcome = box.follow(honest().publish(EARLIER, ALPHA, BETA));
    assertThat(((FollowOutcome.Advanced) outcome).witnessed().time()).isEqualTo(EARLIER);
  }

  /** The k-th oldest word: one that lies cannot make a new tree look old. */
  @Test
  void oneLyingWitnessDoesNotMakeANewTreeOld() {
    Instant longAgo = NOW.minus(Duration.ofDays(6));
    SimulatedLog log = new SimulatedLog("honest", 3).publish(NOW);
    SignedNote note = log.note();
    List<NoteSignature> lines = new ArrayList<>(note.signatures());
    lines.add(ALPHA.cosign(log.head(), NOW));
    lines.add(BETA.cosign(log.head(), NOW));
    lines.add(GAMMA.cosign(log.head(), longAgo));
    for (int threshold = 2; threshold <= 3; threshold++) {
      assertThat(by(threshold, SimulatedLog.note(note.text(), lines))).isEqualTo(NOW);
    }
    assertThat(by(1, SimulatedLog.note(note.text(), lines))).isEqualTo(longAgo);
  }

  private static Instant by(int threshold, SignedNote note) {
    CheckpointVerification.Verified verified =
        (CheckpointVerification.Verified) SimulatedLog.TRUSTED.verify(note);
    QuorumResult result = SimulatedLog.quorum(threshold).judge(verified.checkpoint(), NOW);
    return ((QuorumResult.Met) result).by();
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
        box.follow(honest().serve(SimulatedLog.note(head.format(), lines).toBytes()));
    assertThat(((FollowOutcome.Advanced) outcome).witnessed().time()).isEqualTo(EARLIER);
  }

  @Test
  void aNoteFilledWithJunkDoesNotPushCosignaturesOut() throws Exception {
    box.follow(honest());
    List<NoteSignature> lines = new ArrayList<>(List.of(KEY.sign(honest().head().format())));
    for (int i = 0; lines.size() < SignedNote.MAX_SIGNATURES; i++) {
      lines.add(STRANGER.cosign(honest().head(), NOW.plusSeconds(i)));
    }
    byte[] junk = SimulatedLog.note(honest().head().format(), lines).toBytes();
    assertThat(box.follow(honest().serve(junk))).isInstanceOf(FollowOutcome.Unchanged.class);
    assertThat(box.kept().signatures()).hasSize(3);
  }

  @Test
  void aNoteHoldsAsManyCosignaturesAsItCanBesideTheLogsOwnSignature() {
    SimulatedLog log = honest();
    var verified = (CheckpointVerification.Verified) SimulatedLog.TRUSTED.verify(log.checkpoint());
    List<NoteSignature> many = new ArrayList<>();
    for (int i = 0; i < SignedNote.MAX_SIGNATURES; i++) {
      many.add(ALPHA.cosign(log.head(), NOW.plusSeconds(i)));
    }
    List<NoteSignature> held = verified.checkpoint().withCosignatures(many).signatures();
    assertThat(held.get(0)).isEqualTo(log.note().signatures().get(0));
    assertThat(held.subList(1, held.size())).isEqualTo(many.subList(0, many.size() - 1));
  }

  @Test
  void aClockPutBackDoesNotMakeTheTreeStaler() throws Exception {
    box.follow(honest().publish(NOW, ALPHA, BETA));
    SignedNote before = box.kept();
    assertThat(box.follow(honest().publish(EARLIER, ALPHA, BETA), EARLIER))
        .isEqualTo(new FollowOutcome.ClockBehind(EARLIER, NOW));
    assertThat(box.kept()).isEqualTo(before);
    FollowOutcome outcome = box.follow(honest().publish(EARLIER, ALPHA, BETA), NOW);
    assertThat(((FollowOutcome.Unchanged) outcome).witnessed().time()).isEqualTo(NOW);
  }

  @Test
  void aClockBehindTheWitnessesTakesInNothing() throws Exception {
    box.follow(honest());
    FollowOutcome outcome =
        box.follow(honest().add("honest", 9).publish(EARLIER, ALPHA, BETA), NOW.minusSeconds(1));
    assertThat(outcome.explain())
        .isEqualTo(
            "the clock is behind: expected at least 2026-06-01T12:00:00Z, which the witnesses of"
                + " the kept tree had signed already, found at most 2026-06-01T11:59:59Z");
    assertThat(box.state().size()).isEqualTo(300);
    assertThat(box.follow(honest().add("honest", 9).publish(EARLIER, ALPHA, BETA), NOW))
        .isInstanceOf(FollowOutcome.Advanced.class);
  }

  @Test
  void aClockBehindDoesNotHideMisbehaviour() throws Exception {
    box.follow(honest());
    assertThat(box.follow(honest().rewrite(7).publish(), EARLIER))
        .isInstanceOf(FollowOutcome.Fork.class);
    assertThat(box.follow(new SimulatedLog("honest", 9).publish(), EARLIER))
        .isInstanceOf(FollowOutcome.Rollback.class);
  }

  @Test
  void oneWitnessOfTheYear2099DoesNotStopTheClock() throws Exception {
    // By the witness that lies, first when the tree is new and again when it is the same.
    for (WitnessQuorum quorum : List.of(SimulatedLog.QUORUM, SimulatedLog.quorum(1))) {
      SimulatedBox victim = new SimulatedBox(quorum);
      Checkpoint head = honest().head();
      byte[] served =
          SimulatedLog.note(
                  head.format(),
                  List.of(
                      KEY.sign(head.format()),
                      GAMMA.cosign(head, Instant.parse("2099-01-01T00:00:00Z")),
                      ALPHA.cosign(head, NOW),
                      BETA.cosign(head, NOW)))
              .toBytes();
      assertThat(victim.follow(honest().serve(served))).isInstanceOf(FollowOutcome.Advanced.class);
      assertThat(victim.follow(honest().serve(served))).isInstanceOf(FollowOutcome.Unchanged.class);
      assertThat(victim.kept().toString()).doesNotContain(GAMMA.verifierKey().name());
      FollowOutcome outcome = victim.follow(honest().add("honest", 9).publish());
      assertThat(((FollowOutcome.Advanced) outcome).witnessed().time()).isEqualTo(NOW);
    }
  }

  @Test
  void aWitnessAheadOfAClockPutBackStillCountsByWhatItSaysNow() throws Exception {
    // One is ahead, which is no quorum: the clock may be right.
    Checkpoint head = honest().head();
    Instant ahead = NOW.plusSeconds(300);
    byte[] served =
        SimulatedLog.note(
                head.format(),
                List.of(
                    KEY.sign(head.format()), ALPHA.cosign(head, ahead), BETA.cosign(head, EARLIER)))
            .toBytes();
    box.follow(honest().serve(served), ahead);
    FollowOutcome outcome = box.follow(honest().publish(NOW, ALPHA, BETA), NOW);
    assertThat(((FollowOutcome.Unchanged) outcome).witnessed().time()).isEqualTo(NOW);
    // That is kept beside what it said ahead, and still counts when it says nothing more.
    outcome = box.follow(honest().publish(NOW), NOW);
    assertThat(((FollowOutcome.Unchanged) outcome).witnessed().time()).isEqualTo(NOW);
    // And what it said ahead is not lost.
    outcome = box.follow(honest().publish(NOW), ahead);
    assertThat(((FollowOutcome.Unchanged) outcome).witnessed().counted().get(0).time())
        .isEqualTo(ahead);
  }
}
