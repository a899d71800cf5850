package org.whonix2.server.sequencer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

/** Two publishers on one database, as two processes would be. */
class PublisherTest {
  private static final SigningKey KEY = TestLog.key(TestLog.ORIGIN, SignatureType.ED25519);
  private static final SigningKey WITNESS =
      TestLog.key("w1.example.org", SignatureType.COSIGNATURE);
  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

  @TempDir Path folder;
  private LogStore store;

  @BeforeEach
  void open() throws IOException {
    store = LogStore.open(TestDatabase.open(folder), List.of());
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** A witness by whose clock it is always this time. */
  private record Stopped(SigningKey secret, Instant time) implements Cosigner {
    @Override
    public VerifierKey key() {
      return secret.verifierKey();
    }

    @Override
    public NoteSignature cosign(Checkpoint checkpoint, SignedNote signed, HashReader hashes) {
      return secret.cosign(checkpoint, time);
    }
  }

  private Publisher publisher(Cosigner... witnesses) throws IOException {
    return Publisher.open(
        store,
        KEY,
        new Cosigners(List.of(witnesses), Duration.ofSeconds(20), Duration.ofSeconds(1)));
  }

  private void append(int number) throws IOException {
    byte[] content = ("entry " + number).getBytes(StandardCharsets.UTF_8);
    assertThat(store.append(store.head(), List.of(LogEntry.opaque(content)))).isPresent();
  }

  private static Instant cosignedAt(PublishedNote note, SigningKey witness) throws Exception {
    SignedNote signed = SignedNote.parse(note.note());
    return signed.signatures().stream()
        .flatMap(s -> witness.verifierKey().cosignedAt(signed.text(), s).stream())
        .findFirst()
        .orElse(Instant.EPOCH);
  }

  @Test
  void oneServesWhatTheOtherPublished() throws Exception {
    Publisher one = publisher();
    Publisher two = publisher();
    append(1);
    two.publish();
    assertThat(one.known().size()).isZero();
    assertThat(one.latest().size()).isEqualTo(1);
    assertThat(one.known().size()).as("it remembers").isEqualTo(1);
  }

  /** A witness that never answers. */
  private record Hanging(SigningKey secret) implements Cosigner {
    @Override
    public VerifierKey key() {
      return secret.verifierKey();
    }

    @Override
    public NoteSignature cosign(Checkpoint checkpoint, SignedNote signed, HashReader hashes)
        throws IOException {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      throw new IOException("it was not to wake up");
    }
  }

  @Test
  void whatALossOfPowerLeftBehindTheTreeIsNotServed() throws Exception {
    PublishedNote lost = publisher().publish();
    append(1);
    assertThat(store.published().orElseThrow().note()).as("it is behind").isEqualTo(lost.note());
    try (Cosigners hanging =
        new Cosigners(
            List.of(new Hanging(WITNESS)), Duration.ofMillis(200), Duration.ofSeconds(30))) {
      PublishedNote first = Publisher.open(store, KEY, hanging).latest();
      assertThat(first.size()).isEqualTo(1);
      assertThat(SignedNote.parse(first.note()).signatures()).hasSize(1);
    }
  }

  @Test
  void oneThatWakesUpWithASmallerTreePublishesTheLargerOne() throws Exception {
    Publisher one = publisher();
    Publisher two = publisher(new Stopped(WITNESS, NOON));
    append(1);
    PublishedNote small = one.publish();
    append(2);
    PublishedNote large = two.publish();
    assertThat(store.publish(small, (standing, ours) -> ours).note()).isEqualTo(large.note());
    assertThat(one.latest().note()).isEqualTo(large.note());
  }

  @Test
  void ofOneTreeEveryWitnesssNewestCosignatureIsServed() throws Exception {
    SigningKey other = TestLog.key("w2.example.org", SignatureType.COSIGNATURE);
    Publisher early = publisher(new Stopped(WITNESS, NOON));
    Publisher late = publisher(new Stopped(WITNESS, NOON.plusSeconds(9)));
    Publisher another = publisher(new Stopped(other, NOON.plusSeconds(3)));
    late.publish();
    early.publish();
    another.publish();
    PublishedNote served = early.latest();
    assertThat(cosignedAt(served, WITNESS)).isEqualTo(NOON.plusSeconds(9));
    assertThat(cosignedAt(served, other)).isEqualTo(NOON.plusSeconds(3));
    assertThat(SignedNote.parse(served.note()).signatures()).hasSize(3);
  }

  @Test
  void anotherTreeOfTheSameSizeIsNeverPublishedOver() throws Exception {
    Publisher publisher = publisher();
    byte[] fork =
        new Checkpoint(TestLog.ORIGIN, 0, TreeHash.leaf(new byte[] {1})).sign(KEY).toBytes();
    store.publish(new PublishedNote(0, fork), (standing, ours) -> ours);
    assertThatThrownBy(publisher::publish)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("another tree of size 0");
    assertThat(store.published().orElseThrow().note()).isEqualTo(fork);
  }

  @Test
  void aDatabaseThatWentBackIsNeitherServedNorSigned() throws Exception {
    Publisher publisher = publisher();
    append(1);
    publisher.publish();
    append(2);
    publisher.publish();
    store.read(
        "what a backup would put back",
        handle -> handle.execute("update checkpoint set tree_size = 1"));
    assertThatThrownBy(publisher::latest)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("went back: expected a size from 2, found 1");
    store.read(
        "what a backup would put back",
        handle -> handle.execute("update tree_head set tree_size = 1"));
    assertThatThrownBy(publisher::publish)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("went back: expected a size from 2, found 1");
  }
}
