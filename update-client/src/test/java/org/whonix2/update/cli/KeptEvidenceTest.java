package org.whonix2.update.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.whonix2.core.verdict.Evidence;
import org.whonix2.core.verdict.Standing;
import org.whonix2.update.store.BoxStore;

/** A reader takes no lock, so a sync may come between its two readings of a log. */
class KeptEvidenceTest extends BoxTest {
  private KeptEvidence kept() throws Exception {
    return new KeptEvidence(policy(), Instant.now());
  }

  private BoxStore opened() throws Exception {
    return BoxStore.open(state(), false);
  }

  @Test
  void whatWasTakenInBetweenTheReadingsIsNotJudged() throws Exception {
    log.entries.add(attestation(0, 1));
    assertThat(sync()).isZero();
    try (BoxStore store = opened()) {
      KeptEvidence.Learned learned = kept().learn(store);
      log.entries.add(attestation(1, 1));
      assertThat(sync()).isZero();
      Evidence evidence = learned.judge().evidence();
      assertThat(evidence.current())
          .singleElement()
          .satisfies(logged -> assertThat(logged.rebuilder().operator()).isEqualTo("alpha"));
      assertThat(evidence.logs().get(0).unread()).isZero();
      // What is said of the log is of the same tree: a newer one's time would hide its vetoes.
      assertThat(evidence.logs().get(0).standing())
          .isInstanceOfSatisfying(
              Standing.Followed.class, followed -> assertThat(followed.size()).isEqualTo(1));
      assertThat(kept().read(store).current()).hasSize(2);
    }
  }

  @Test
  void aLogFirstFollowedBetweenTheReadingsWasNeverFollowed() throws Exception {
    logBoth();
    try (BoxStore store = opened()) {
      KeptEvidence.Learned learned = kept().learn(store);
      assertThat(sync()).isZero();
      Evidence evidence = learned.judge().evidence();
      assertThat(evidence.current()).isEmpty();
      assertThat(evidence.logs().get(0).standing()).isInstanceOf(Standing.Absent.class);
      assertThat(kept().read(store).current()).hasSize(2);
    }
  }

  @Test
  void aLogThatWasDamagedWhenItWasLearnedIsNotJudgedWhenItIsWholeAgain() throws Exception {
    logBoth();
    assertThat(sync()).isZero();
    var bundle = entriesFile().orElseThrow();
    byte[] whole = Files.readAllBytes(bundle);
    Files.write(bundle, new byte[] {1});
    try (BoxStore store = opened()) {
      KeptEvidence.Learned learned = kept().learn(store);
      Files.write(bundle, whole);
      Evidence evidence = learned.judge().evidence();
      assertThat(evidence.current()).isEmpty();
      assertThat(evidence.logs().get(0).standing()).isInstanceOf(Standing.Absent.class);
    }
  }
}
