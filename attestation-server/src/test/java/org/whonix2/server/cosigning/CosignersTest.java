package org.whonix2.server.cosigning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.HashReader;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TreeHash;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.server.TestLog;

class CosignersTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final SigningKey LOG = TestLog.key("log.example.org", SignatureType.ED25519);
  private static final Checkpoint CHECKPOINT =
      new Checkpoint("log.example.org", 0, TreeHash.emptyRoot());
  private static final SignedNote SIGNED = CHECKPOINT.sign(LOG);
  private static final HashReader NO_HASHES =
      (level, index) -> {
        throw new IOException("nobody asks");
      };

  private interface Work {
    NoteSignature cosign(SigningKey key) throws IOException;
  }

  /** A witness that does as told, and counts how often it is asked. */
  private static final class Fake implements Cosigner {
    private final SigningKey key;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Work work;

    Fake(String name, Work work) {
      this.key = TestLog.key(name, SignatureType.COSIGNATURE);
      this.work = work;
    }

    @Override
    public VerifierKey key() {
      return key.verifierKey();
    }

    @Override
    public NoteSignature cosign(Checkpoint checkpoint, SignedNote signed, HashReader hashes)
        throws IOException {
      asked.incrementAndGet();
      return work.cosign(key);
    }
  }

  private static NoteSignature good(SigningKey key) {
    return key.cosign(CHECKPOINT, NOW);
  }

  private static NoteSignature away(SigningKey key) throws IOException {
    throw new IOException("away");
  }

  private static NoteSignature slow(SigningKey key) throws IOException {
    try {
      Thread.sleep(30_000);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return good(key);
  }

  private static List<NoteSignature> collect(Cosigners cosigners, SignedNote earlier) {
    return cosigners.collect(CHECKPOINT, SIGNED, earlier, () -> NO_HASHES);
  }

  @Test
  void takesWhatItGetsBeforeTheDeadline() {
    Fake good = new Fake("w1", CosignersTest::good);
    Fake away = new Fake("w2", CosignersTest::away);
    Fake slow = new Fake("w3", CosignersTest::slow);
    Fake buggy =
        new Fake(
            "w4",
            key -> {
              throw new IllegalStateException("a bug");
            });
    long start = System.nanoTime();
    try (Cosigners cosigners =
        new Cosigners(List.of(away, slow, buggy, good), Duration.ofMillis(500), LONG)) {
      assertThat(collect(cosigners, SIGNED))
          .singleElement()
          .satisfies(line -> assertThat(good.key().verify(SIGNED.text(), line)).isTrue());
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void oneThatFailedRestsAndIsAskedAgainLater() throws Exception {
    Fake flaky = new Fake("w1", CosignersTest::away);
    try (Cosigners cosigners =
        new Cosigners(List.of(flaky), Duration.ofSeconds(5), Duration.ofMillis(300))) {
      assertThat(collect(cosigners, SIGNED)).isEmpty();
      flaky.work = CosignersTest::good;
      assertThat(collect(cosigners, SIGNED)).isEmpty();
      assertThat(flaky.asked).hasValue(1);
      Thread.sleep(350);
      assertThat(collect(cosigners, SIGNED)).hasSize(1);
    }
  }

  @Test
  void oneThatAnotherProcessOfTheLogAskedFirstDoesNotRest() {
    Fake ahead =
        new Fake(
            "w1",
            key -> {
              throw new Cosigner.KnowsMore(7, 0);
            });
    try (Cosigners cosigners = new Cosigners(List.of(ahead), Duration.ofSeconds(5), LONG)) {
      assertThat(collect(cosigners, SIGNED)).isEmpty();
      ahead.work = CosignersTest::good;
      assertThat(collect(cosigners, SIGNED)).hasSize(1);
    }
  }

  @Test
  void aCosignatureFromTheFutureIsNone() {
    Fake early =
        new Fake("w1", key -> key.cosign(CHECKPOINT, Instant.now().plus(Duration.ofDays(1))));
    try (Cosigners cosigners = new Cosigners(List.of(early), Duration.ofSeconds(5), LONG)) {
      assertThat(collect(cosigners, SIGNED)).isEmpty();
    }
  }

  @Test
  void anEarlierCosignatureIsKeptForTheSameCheckpointOnly() throws Exception {
    Fake away = new Fake("w1", CosignersTest::away);
    NoteSignature earlier = good(away.key);
    SignedNote same = SIGNED.withSignatures(List.of(SIGNED.signatures().get(0), earlier));
    Checkpoint otherTree = new Checkpoint("log.example.org", 1, TreeHash.leaf(new byte[0]));
    SignedNote other = SignedNote.of(otherTree.format(), List.of(earlier));
    try (Cosigners cosigners = new Cosigners(List.of(away), Duration.ofSeconds(5), LONG)) {
      assertThat(collect(cosigners, same)).containsExactly(earlier);
      assertThat(collect(cosigners, other)).isEmpty();
    }
  }

  @Test
  void oneKeyIsOneWitness() {
    Fake one = new Fake("w1", CosignersTest::good);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Cosigners(List.of(one, one), LONG, LONG));
  }
}
