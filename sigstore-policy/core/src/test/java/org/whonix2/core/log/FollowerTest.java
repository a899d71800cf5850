package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.whonix2.core.log.SimulatedLog.ALPHA;
import static org.whonix2.core.log.SimulatedLog.BETA;
import static org.whonix2.core.log.SimulatedLog.KEY;
import static org.whonix2.core.log.SimulatedLog.NOW;
import static org.whonix2.core.log.SimulatedLog.ORIGIN;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of an honest log, and of one that lies about its history or entries. */
class FollowerTest {
  private final SimulatedBox box = new SimulatedBox();

  private static SimulatedLog honest() {
    return new SimulatedLog("honest", 300).publish();
  }

  @Test
  void takesInAnHonestLogAndItsGrowth() throws Exception {
    SimulatedLog log = new SimulatedLog("honest", 0).publish();
    for (int growth : new int[] {0, 0, 1, 254, 1, 0, 1, 255, 256, 3}) {
      log.add("honest", growth).publish();
      String expected =
          box.state().note().isPresent() && growth == 0
              ? "no new entries; "
              : "entries " + box.state().size() + " to " + log.entries().size() + "; ";
      assertThat(box.follow(log).explain())
          .isEqualTo(
              expected
                  + "witnessed at 2026-06-01T12:00:00Z by alpha-1 of alpha at 2026-06-01T12:00:00Z,"
                  + " beta-1 of beta at 2026-06-01T12:00:00Z");
      assertThat(box.taken()).containsExactlyElementsOf(log.entries());
      assertThat(box.state().checkpoint()).contains(log.head());
    }
  }

  @Test
  void fetchesOnlyTheBundlesThatHaveNewEntries() throws Exception {
    SimulatedLog log = new SimulatedLog("honest", 513).publish();
    box.follow(log);
    assertThat(log.requests())
        .containsExactly("tile/entries/000", "tile/entries/001", "tile/entries/002.p/1");
    log.requests().clear();
    box.follow(log.add("honest", 2).publish());
    assertThat(log.requests()).containsExactly("tile/entries/002.p/3");
  }

  @Test
  void goesOnFromAStoredState() throws Exception {
    SimulatedLog log = honest();
    box.follow(log);
    SignedNote note = box.kept();
    String frontier = box.state().frontier().toString();
    box.restore(LogState.of(note.toBytes(), Frontier.parse(frontier)));
    assertThat(box.follow(log.add("honest", 5).publish()))
        .isInstanceOf(FollowOutcome.Advanced.class);
    assertThat(box.taken()).hasSize(305);
  }

  @Test
  void rollback() throws Exception {
    box.follow(honest());
    SimulatedLog old = new SimulatedLog("honest", 299).publish();
    FollowOutcome outcome = box.follow(old);
    assertThat(outcome).isEqualTo(new FollowOutcome.Rollback(box.kept(), old.note()));
    assertThat(outcome.explain()).contains("\n300\n", "\n299\n", "— " + ORIGIN + " ");
  }

  @Test
  void rollbackToNothing() throws Exception {
    box.follow(honest());
    assertThat(box.follow(new SimulatedLog("honest", 0).publish()))
        .isInstanceOf(FollowOutcome.Rollback.class);
  }

  @Test
  void forkOfTheSameSize() throws Exception {
    box.follow(honest());
    SimulatedLog forked = honest().rewrite(7).publish();
    FollowOutcome outcome = box.follow(forked);
    assertThat(outcome).isEqualTo(new FollowOutcome.Fork(box.kept(), forked.note()));
    assertThat(outcome.explain())
        .contains("two histories", box.kept().toString(), forked.note().toString());
  }

  @Test
  void forkOfTheSameSizeThatNoWitnessSaw() throws Exception {
    box.follow(honest());
    assertThat(box.follow(honest().rewrite(7).publish(NOW))).isInstanceOf(FollowOutcome.Fork.class);
  }

  @Test
  void forkThatGrew() throws Exception {
    box.follow(honest());
    SimulatedLog forked = honest().rewrite(7).add("honest", 300).publish();
    assertThat(box.follow(forked)).isEqualTo(new FollowOutcome.Fork(box.kept(), forked.note()));
    assertThat(box.taken()).hasSize(300);
  }

  @Test
  void forkInTheLastEntryThatGrew() throws Exception {
    box.follow(honest());
    assertThat(box.follow(honest().rewrite(299).add("honest", 1).publish()))
        .isInstanceOf(FollowOutcome.Fork.class);
  }

  @Test
  void forkThatIsSmaller() throws Exception {
    box.follow(honest());
    for (int size : new int[] {1, 8, 255, 256, 299}) {
      SimulatedLog forked = new SimulatedLog("honest", size).rewrite(0).publish();
      assertThat(box.follow(forked))
          .as("size %d", size)
          .isEqualTo(new FollowOutcome.Fork(box.kept(), forked.note()));
      assertThat(box.follow(new SimulatedLog("honest", size).publish()))
          .as("size %d", size)
          .isInstanceOf(FollowOutcome.Rollback.class);
    }
  }

  @Test
  void anEmptyTreeThatIsNotEmpty() throws Exception {
    box.follow(honest());
    Checkpoint impossible = new Checkpoint(ORIGIN, 0, honest().head().root());
    assertThat(box.follow(honest().serve(impossible.sign(KEY).toBytes())))
        .isInstanceOf(FollowOutcome.Fork.class);
  }

  @Test
  void forkThatGrewAndNoLongerHasTheOldPartialBundles() throws Exception {
    box.follow(honest());
    for (int growth : new int[] {1, 211, 212, 300}) {
      SimulatedLog forked = honest().rewrite(7).add("honest", growth).publish();
      forked.withhold(path -> !path.isIn(forked.entries().size()));
      assertThat(box.follow(forked))
          .as("growth %d", growth)
          .isEqualTo(new FollowOutcome.Fork(box.kept(), forked.note()));
    }
  }

  @Test
  void forkWhoseBeginningIsWithheld() throws Exception {
    // Nothing is proven, nothing is believed: the box stays where it is.
    box.follow(honest());
    SignedNote before = box.kept();
    SimulatedLog forked = honest().rewrite(7).add("honest", 9).publish();
    forked.withhold(path -> path.index() == 0);
    assertThatIOException().isThrownBy(() -> box.follow(forked));
    assertThat(box.kept()).isEqualTo(before);
    assertThat(box.taken()).hasSize(300);
  }

  @Test
  void forkServedWithTheHonestEntries() throws Exception {
    // Without the entries behind the new root nobody can be convinced that it is a fork.
    box.follow(honest());
    SimulatedLog forked = honest().rewrite(7).add("honest", 9).publish();
    assertThat(box.follow(honest().add("honest", 9).serve(forked.checkpoint())))
        .isInstanceOf(FollowOutcome.ServedOtherEntries.class);
  }

  @Test
  void splitViewThatHonestWitnessesDidNotCosign() throws Exception {
    SimulatedLog forOthers = honest();
    SimulatedLog forThisBox = honest().rewrite(7).publish(NOW, ALPHA);
    assertThat(box.follow(forThisBox)).isInstanceOf(FollowOutcome.NotWitnessed.class);
    assertThat(box.follow(forOthers)).isInstanceOf(FollowOutcome.Advanced.class);
  }

  @Test
  void splitViewThatAQuorumOfWitnessesLiedFor() throws Exception {
    box.follow(honest().rewrite(7).publish());
    assertThat(box.follow(honest().add("honest", 50).publish()))
        .isInstanceOf(FollowOutcome.Fork.class);
  }

  /** As with slow answers, and at length. */
  @Test
  @Tag("exhaustive")
  void endlessAnswers() throws Exception {
    box.follow(honest());
    SimulatedLog endless = honest().endless().givenUpAfter(2000);
    assertGivenUp(endless);
  }

  @Test
  void slowAnswers() throws Exception {
    box.follow(honest());
    SimulatedLog slow = honest().add("honest", 1000).publish().givenUpAfter(1);
    assertGivenUp(slow);
    assertThat(box.follow(slow.givenUpAfter(100))).isInstanceOf(FollowOutcome.Advanced.class);
  }

  private void assertGivenUp(SimulatedLog log) {
    LogState before = box.state();
    assertThatIOException().isThrownBy(() -> box.follow(log)).withMessageContaining("given up");
    assertThat(box.state()).isSameAs(before);
    assertThat(box.taken()).hasSize(300);
  }

  @Test
  void withheldEntries() throws Exception {
    box.follow(honest());
    byte[] larger = honest().add("honest", 9).publish().checkpoint();
    assertThatIOException().isThrownBy(() -> box.follow(honest().serve(larger)));
    assertThat(box.state().size()).isEqualTo(300);
  }

  @Test
  void entriesOfSomebodyElse() throws Exception {
    box.follow(honest());
    byte[] larger = honest().add("honest", 9).publish().checkpoint();
    FollowOutcome outcome = box.follow(honest().add("false", 9).serve(larger));
    assertThat(outcome).isInstanceOf(FollowOutcome.ServedOtherEntries.class);
    assertThat(outcome.explain()).startsWith("expected entries 300 to 309 of log " + ORIGIN);
    assertThat(box.state().size()).isEqualTo(300);
  }

  @Test
  void entriesOfSomebodyElseFromTheBeginning() throws Exception {
    // Nobody's entries, neither then nor now: the log must not be blamed for them.
    box.follow(honest());
    byte[] larger = honest().add("honest", 9).publish().checkpoint();
    FollowOutcome outcome = box.follow(honest().rewrite(7).add("false", 9).serve(larger));
    assertThat(outcome).isInstanceOf(FollowOutcome.ServedOtherEntries.class);
    assertThat(outcome.explain()).startsWith("expected entries 0 to 309 of log " + ORIGIN);
  }

  @Test
  void entriesOfSomebodyElseAtTheFirstAskingOnly() throws Exception {
    box.follow(honest());
    SimulatedLog log = honest().add("honest", 9).publish();
    log.bundles(
        bundle -> {
          bundle[bundle.length - 1] ^= (byte) (log.requests().size() == 1 ? 1 : 0);
          return bundle;
        });
    assertThat(box.follow(log)).isInstanceOf(FollowOutcome.ServedOtherEntries.class);
    assertThat(box.follow(log)).isInstanceOf(FollowOutcome.Advanced.class);
  }

  @Test
  void entriesOfSomebodyElseAtTheFirstMeeting() throws Exception {
    assertThat(box.follow(new SimulatedLog("false", 300).serve(honest().checkpoint())))
        .isInstanceOf(FollowOutcome.ServedOtherEntries.class);
    assertThat(box.state().note()).isEmpty();
  }

  @Test
  void bundlesCutShortAndTooLong() throws Exception {
    assertThat(box.follow(honest().bundles(b -> Arrays.copyOf(b, b.length - 1))).explain())
        .startsWith("tile/entries/000: entry bundle: ");
    assertThat(box.follow(honest().bundles(b -> Arrays.copyOf(b, b.length + 2))))
        .isInstanceOf(FollowOutcome.ServedOtherEntries.class);
    assertThat(box.follow(honest().bundles(b -> new byte[EntryBundle.MAX_BYTES + 1])))
        .isInstanceOf(FollowOutcome.ServedOtherEntries.class);
    assertThat(box.state().note()).isEmpty();
  }

  @Test
  void garbageInsteadOfACheckpoint() throws Exception {
    for (String garbage : List.of("", "<html>", "x\n1\n\n— y z\n", honest().head().format())) {
      assertThat(box.follow(honest().serve(garbage.getBytes(StandardCharsets.UTF_8))))
          .isInstanceOf(FollowOutcome.Rejected.class);
    }
    assertThat(box.follow(honest().serve(new byte[SignedNote.MAX_BYTES + 1])).explain())
        .isEqualTo("signed note: expected at most 65536 bytes, found 65537");
  }

  @Test
  void aNoteFilledWithTheLogsOwnSignatures() throws Exception {
    box.follow(honest());
    Checkpoint head = honest().head();
    List<NoteSignature> lines = RandomSigner.sign(KEY, head.format(), SignedNote.MAX_SIGNATURES);
    byte[] filled = SimulatedLog.note(head.format(), lines).toBytes();
    assertThat(box.follow(honest().serve(filled))).isInstanceOf(FollowOutcome.Unchanged.class);
    assertThat(box.kept().signatures()).hasSize(3);

    var verified = (CheckpointVerification.Verified) SimulatedLog.TRUSTED.verify(filled);
    assertThat(verified.checkpoint().cosign(ALPHA, NOW).signatures()).hasSize(2);
  }

  @Test
  void everyChangedByteOfTheCheckpoint() throws Exception {
    SimulatedLog log = new SimulatedLog("honest", 3).publish();
    byte[] good = log.checkpoint();
    for (int at = 0; at < good.length; at++) {
      byte[] changed = good.clone();
      changed[at] ^= 1;
      assertThat(box.follow(log.serve(changed)))
          .as("byte %d", at)
          .isNotInstanceOf(FollowOutcome.Advanced.class);
    }
    assertThat(box.follow(log.serve(good))).isInstanceOf(FollowOutcome.Advanced.class);
  }

  @Test
  void anotherLogsCheckpoint() throws Exception {
    SigningKey other = SimulatedLog.key("other.example/log", SignatureType.ED25519);
    Checkpoint theirs = new Checkpoint("other.example/log", 300, honest().head().root());
    assertThat(box.follow(honest().serve(theirs.sign(other).toBytes())).explain())
        .isEqualTo(
            "expected a checkpoint of log log.example.org/test, found one of 'other.example/log'");
    assertThat(box.follow(honest().serve(theirs.sign(KEY).toBytes())))
        .isInstanceOf(FollowOutcome.Rejected.class);
  }

  @Test
  void aLogsKeyUnderTheSameNameThatIsAnotherKey() throws Exception {
    SigningKey namesake = SimulatedLog.key(ORIGIN, SignatureType.ED25519);
    assertThat(box.follow(honest().serve(honest().head().sign(namesake).toBytes())))
        .isInstanceOf(FollowOutcome.Rejected.class);
  }

  @Test
  void aSizeNobodyCanHave() throws Exception {
    Checkpoint huge = new Checkpoint(ORIGIN, TreeSize.MAX, honest().head().root());
    byte[] served =
        SimulatedLog.note(
                huge.format(),
                List.of(KEY.sign(huge.format()), ALPHA.cosign(huge, NOW), BETA.cosign(huge, NOW)))
            .toBytes();
    assertThatIOException().isThrownBy(() -> box.follow(honest().serve(served)));
  }

  @Test
  void aStateOfAnotherLog() throws Exception {
    box.follow(honest());
    SigningKey other = SimulatedLog.key("other.example/log", SignatureType.ED25519);
    Checkpoint theirs = new Checkpoint("other.example/log", 300, honest().head().root());
    box.restore(LogState.of(theirs.sign(other).toBytes(), box.state().frontier()));
    assertThat(box.follow(honest())).isInstanceOf(FollowOutcome.Rejected.class);
  }
}
