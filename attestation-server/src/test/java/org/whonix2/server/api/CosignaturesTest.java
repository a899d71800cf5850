package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TreeHash;
import org.whonix2.server.TestLog;
import org.whonix2.server.sequencer.Sequenced;
import org.whonix2.server.store.PublishedNote;

class CosignaturesTest {
  private static final SigningKey LOG = TestLog.key("log.example.org", SignatureType.ED25519);

  private static PublishedNote checkpoint(long size, int witnesses) throws Exception {
    Checkpoint checkpoint = new Checkpoint("log.example.org", size, TreeHash.leaf(new byte[0]));
    SignedNote signed = checkpoint.sign(LOG);
    List<NoteSignature> lines = new ArrayList<>(signed.signatures());
    for (int i = 0; i < witnesses; i++) {
      lines.add(TestLog.key("w" + i, SignatureType.COSIGNATURE).cosign(checkpoint, Instant.now()));
    }
    return new PublishedNote(size, signed.withSignatures(lines).toBytes());
  }

  private static Sequenced await(Cosignatures cosignatures, Sequenced entry, int cosigned)
      throws Exception {
    return cosignatures.await(entry, cosigned).get(30, TimeUnit.SECONDS);
  }

  @Test
  void whatIsCosignedEnoughIsNotWaitedFor() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    PublishedNote two = checkpoint(5, 2);
    Cosignatures cosignatures =
        new Cosignatures(
            () -> {
              asked.incrementAndGet();
              return two;
            },
            Duration.ofMinutes(1),
            ForkJoinPool.commonPool());
    Sequenced entry = new Sequenced(4, true, two);
    for (int cosigned = 0; cosigned <= 2; cosigned++) {
      assertThat(await(cosignatures, entry, cosigned)).isSameAs(entry);
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void theCheckpointThatEnoughCosignedIsTheAnswers() throws Exception {
    AtomicReference<PublishedNote> latest = new AtomicReference<>(checkpoint(5, 1));
    Cosignatures cosignatures =
        new Cosignatures(
            () -> Objects.requireNonNull(latest.get()),
            Duration.ofMinutes(1),
            ForkJoinPool.commonPool());
    CompletableFuture<Sequenced> waits =
        cosignatures.await(new Sequenced(4, true, checkpoint(5, 0)), 2);
    Thread.sleep(500);
    assertThat(waits).isNotDone();
    PublishedNote enough = checkpoint(7, 2);
    latest.set(enough);
    Sequenced found = waits.get(30, TimeUnit.SECONDS);
    assertThat(found.index()).isEqualTo(4);
    assertThat(found.isNew()).isTrue();
    assertThat(found.checkpoint()).isSameAs(enough);
  }

  @Test
  void afterTheDeadlineItIsWhatThereIs() throws Exception {
    PublishedNote one = checkpoint(9, 1);
    Cosignatures cosignatures =
        new Cosignatures(() -> one, Duration.ofMillis(300), ForkJoinPool.commonPool());
    Sequenced found = await(cosignatures, new Sequenced(4, true, checkpoint(5, 0)), 2);
    assertThat(found.checkpoint()).isSameAs(one);
    assertThat(Cosignatures.count(found.checkpoint())).isEqualTo(1);
  }

  /** A checkpoint of a smaller tree is not the entry's, whoever published it. */
  @Test
  void theAnswerNeverGoesBack() throws Exception {
    PublishedNote small = checkpoint(3, 2);
    Cosignatures cosignatures =
        new Cosignatures(() -> small, Duration.ofMillis(300), ForkJoinPool.commonPool());
    Sequenced entry = new Sequenced(4, true, checkpoint(5, 0));
    assertThat(await(cosignatures, entry, 2)).isSameAs(entry);
  }

  /** Anybody can ask for cosignatures of what is logged. */
  @Test
  void oneLookIsForAllWhoWaitAndWhoeverComesThenIsAnsweredAtOnce() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    PublishedNote none = checkpoint(5, 0);
    Cosignatures cosignatures =
        new Cosignatures(
            () -> {
              looks.incrementAndGet();
              return none;
            },
            Duration.ofSeconds(2),
            ForkJoinPool.commonPool());
    Sequenced entry = new Sequenced(4, false, none);
    List<CompletableFuture<Sequenced>> waiting = new ArrayList<>();
    for (int i = 0; i < Cosignatures.MAX_WAITING; i++) {
      waiting.add(cosignatures.await(entry, 1));
    }
    assertThat(cosignatures.await(entry, 1)).isDone();
    for (CompletableFuture<Sequenced> each : waiting) {
      assertThat(each.get(30, TimeUnit.SECONDS).checkpoint()).isSameAs(none);
    }
    assertThat(looks.get()).isLessThan(Cosignatures.MAX_WAITING);
    assertThat(cosignatures.await(entry, 1)).as("the places are free again").isNotDone();
  }
}
