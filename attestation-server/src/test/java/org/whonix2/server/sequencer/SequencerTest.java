package org.whonix2.server.sequencer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.HashReader;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TreeHash;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.server.TestDatabase;
import org.whonix2.server.TestLog;
import org.whonix2.server.cosigning.Cosigner;
import org.whonix2.server.cosigning.Cosigners;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.PublishedNote;
import org.whonix2.server.store.StoreException;

class SequencerTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final SigningKey KEY = TestLog.key(TestLog.ORIGIN, SignatureType.ED25519);

  @TempDir Path folder;

  private LogStore store() throws IOException {
    return LogStore.open(TestDatabase.open(folder), List.of());
  }

  private static Cosigners nobody() {
    return new Cosigners(List.of(), Duration.ofSeconds(5), LONG);
  }

  private static LogEntry entry(int number) {
    return LogEntry.opaque(("entry " + number).getBytes(StandardCharsets.UTF_8));
  }

  /** A cosigner through whose hands every checkpoint goes that the log signs. */
  private record Observer(Map<Long, Checkpoint> seen, SigningKey secret) implements Cosigner {
    @Override
    public VerifierKey key() {
      return secret.verifierKey();
    }

    @Override
    public NoteSignature cosign(Checkpoint checkpoint, SignedNote signed, HashReader hashes)
        throws IOException {
      Checkpoint other = seen.putIfAbsent(checkpoint.size(), checkpoint);
      if (other != null && !other.equals(checkpoint)) {
        throw new IOException("two trees of one size");
      }
      return secret.cosign(checkpoint, Instant.now());
    }
  }

  @Test
  void twoSequencersOnOneDatabaseMakeOneHistory() throws Exception {
    int count = 200;
    Map<Long, Checkpoint> seen = new ConcurrentHashMap<>();
    Observer observer =
        new Observer(seen, TestLog.key("w1.example.org", SignatureType.COSIGNATURE));
    try (LogStore one = store();
        LogStore two = store();
        Cosigners byOne = new Cosigners(List.of(observer), Duration.ofSeconds(20), LONG);
        Cosigners byTwo = new Cosigners(List.of(observer), Duration.ofSeconds(20), LONG);
        Sequencer first = new Sequencer(one, Publisher.open(one, KEY, byOne), LONG);
        Sequencer second = new Sequencer(two, Publisher.open(two, KEY, byTwo), LONG)) {
      first.start();
      second.start();
      List<CompletableFuture<Sequenced>> answers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        // Every tenth entry goes to both.
        answers.add(first.submit(entry(i % 10 == 0 ? i : 2 * i)).orElseThrow());
        answers.add(second.submit(entry(i % 10 == 0 ? i : 2 * i + 1)).orElseThrow());
        Thread.sleep(i % 3);
        if (i % 20 == 0) {
          // However slow the machine is: not all of them under a few checkpoints.
          answers.get(answers.size() - 1).get(60, TimeUnit.SECONDS);
        }
      }
      Set<Long> created = new HashSet<>();
      for (CompletableFuture<Sequenced> answer : answers) {
        Sequenced sequenced = answer.get(60, TimeUnit.SECONDS);
        if (sequenced.isNew()) {
          assertThat(created.add(sequenced.index())).as("a place is given once").isTrue();
        }
      }
      assertThat(one.head().size()).isEqualTo(created.size());
      assertThat(seen.size()).as("many checkpoints were signed").isGreaterThan(5);
      for (Checkpoint checkpoint : seen.values()) {
        long size = checkpoint.size();
        assertThat(checkpoint.root()).isEqualTo(HashReader.root(one.hashes(size), size));
      }
      SignedNote newest = SignedNote.parse(one.published().orElseThrow().note());
      assertThat(newest.signatures()).as("the observer saw nothing wrong").hasSize(2);
    }
  }

  @Test
  void whenTooManyWaitOneIsTurnedAwayAndNobodyIsForgotten() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    SigningKey witness = TestLog.key("w1.example.org", SignatureType.COSIGNATURE);
    Cosigner slow =
        new Cosigner() {
          @Override
          public VerifierKey key() {
            return witness.verifierKey();
          }

          @Override
          public NoteSignature cosign(Checkpoint checkpoint, SignedNote signed, HashReader hashes)
              throws IOException {
            asked.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            throw new IOException("away");
          }
        };
    try (LogStore store = store();
        Cosigners cosigners = new Cosigners(List.of(slow), Duration.ofSeconds(60), LONG);
        Sequencer sequencer = new Sequencer(store, Publisher.open(store, KEY, cosigners), LONG)) {
      sequencer.start();
      asked.await();
      List<CompletableFuture<Sequenced>> answers = new ArrayList<>();
      for (int i = 0; i < Sequencer.CAPACITY; i++) {
        answers.add(sequencer.submit(entry(i)).orElseThrow());
      }
      assertThat(sequencer.submit(entry(-1))).isEmpty();
      goOn.countDown();
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get(60, TimeUnit.SECONDS).index()).isEqualTo(i);
      }
      assertThat(store.head().size()).isEqualTo(Sequencer.CAPACITY);
    }
  }

  @Test
  void closingAnswersWhatWasTakenAndTakesNoMore() throws Exception {
    try (LogStore store = store();
        Cosigners cosigners = nobody()) {
      Sequencer sequencer = new Sequencer(store, Publisher.open(store, KEY, cosigners), LONG);
      sequencer.start();
      CompletableFuture<Sequenced> answer = sequencer.submit(entry(1)).orElseThrow();
      sequencer.close();
      assertThat(answer.get().isNew()).isTrue();
      assertThat(sequencer.isRunning()).isFalse();
      assertThat(sequencer.submit(entry(2))).isEmpty();
    }
  }

  @Test
  void aKeptCheckpointThatTheTreeDoesNotBearIsRefused() throws Exception {
    Checkpoint larger = new Checkpoint(TestLog.ORIGIN, 5, TreeHash.emptyRoot());
    Checkpoint other = new Checkpoint(TestLog.ORIGIN, 1, TreeHash.leaf(entry(2).content()));
    Checkpoint good = new Checkpoint(TestLog.ORIGIN, 1, TreeHash.leaf(entry(1).content()));
    SigningKey stranger = TestLog.key(TestLog.ORIGIN, SignatureType.ED25519);
    try (LogStore store = store();
        Cosigners cosigners = nobody()) {
      assertThat(store.append(store.head(), List.of(entry(1)))).isPresent();
      for (byte[] kept :
          List.of(
              other.sign(KEY).toBytes(),
              good.sign(stranger).toBytes(),
              new byte[] {1},
              larger.sign(KEY).toBytes())) {
        store.publish(new PublishedNote(5, kept), (standing, ours) -> ours);
        assertThatThrownBy(() -> Publisher.open(store, KEY, cosigners))
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("kept checkpoint");
      }
      store.publish(new PublishedNote(5, good.sign(KEY).toBytes()), (standing, ours) -> ours);
      assertThat(Publisher.open(store, KEY, cosigners).origin()).isEqualTo(TestLog.ORIGIN);
    }
  }
}
