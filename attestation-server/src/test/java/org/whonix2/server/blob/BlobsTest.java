package org.whonix2.server.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Statement;
import org.whonix2.server.Attestations;
import org.whonix2.server.NamedBlobs;
import org.whonix2.server.TestDatabase;
import org.whonix2.server.store.LogStore;

/** What is taken, who pays, what is kept. */
class BlobsTest {
  private static final SecretKey ALPHA = Attestations.rebuilder("alpha");
  private static final SecretKey BETA = Attestations.rebuilder("beta");
  private static final Duration KEEP = Duration.ofDays(180);
  private static final BlobLimits LIMITS = new BlobLimits(100, 250, KEEP);

  @TempDir Path folder;
  private final Now clock = new Now();
  private LogStore store;
  private Blobs blobs;

  /** A clock that stands until it is put forward. */
  private static final class Now extends Clock {
    private Instant now = Instant.parse("2026-11-22T10:00:00Z");

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @BeforeEach
  void open() throws IOException {
    store = LogStore.open(TestDatabase.open(folder), List.of(new BlobNames(clock)));
    blobs = Blobs.open(folder, store, LIMITS, clock);
  }

  @AfterEach
  void close() {
    blobs.close();
    store.close();
  }

  private void reopen() throws IOException {
    close();
    open();
  }

  private void log(SecretKey signer, Statement statement) throws IOException {
    assertThat(store.append(store.head(), List.of(NamedBlobs.entry(statement, signer))))
        .isPresent();
  }

  /** Content of this many bytes, other than that of another name. */
  private static byte[] content(String name, int length) {
    return (name + " ".repeat(length)).substring(0, length).getBytes(StandardCharsets.US_ASCII);
  }

  private Upload admit(byte[] content) throws IOException {
    return blobs.admit(Sha256.of(content), content.length, store.head().size());
  }

  private void put(byte[] content) throws IOException {
    Upload upload = admit(content);
    assertThat(upload).isInstanceOf(Upload.Welcome.class);
    try (Upload.Place place = ((Upload.Welcome) upload).place()) {
      assertThat(place.receive(new ByteArrayInputStream(content))).isEmpty();
    }
  }

  private boolean isThere(byte[] content) throws IOException {
    return blobs.find(Sha256.of(content)).isPresent();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("blobs"))) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void takesWhatAnEntryNamesAndNothingElse() throws Exception {
    List<byte[]> named =
        Stream.of("artifact", "other artifact", "log", "diffoscope", "buildinfo", "list", "vector")
            .map(name -> content(name, 20))
            .toList();
    for (byte[] each : named) {
      assertThat(admit(each)).isEqualTo(new Upload.Unnamed());
    }
    List<Sha256> digests = named.stream().map(Sha256::of).toList();
    log(
        ALPHA,
        NamedBlobs.attestation(
            ALPHA, 1, digests.subList(0, 2), digests.subList(2, 4), digests.get(4)));
    log(ALPHA, NamedBlobs.snapshot(ALPHA, 1, digests.get(5), digests.get(6)));
    for (byte[] each : named) {
      put(each);
      assertThat(Files.readAllBytes(blobs.find(Sha256.of(each)).orElseThrow())).isEqualTo(each);
      assertThat(admit(each)).isEqualTo(new Upload.Stored());
    }
    assertThat(admit(content("stranger", 20))).isEqualTo(new Upload.Unnamed());
    assertThat(files()).hasSize(7);
  }

  @Test
  void anEntryThatIsNotPublishedNamesNothingYet() throws Exception {
    byte[] content = content("artifact", 20);
    log(ALPHA, NamedBlobs.of(ALPHA, 1, Sha256.of(content)));
    assertThat(blobs.admit(Sha256.of(content), 20, 0)).isEqualTo(new Upload.Unnamed());
    assertThat(blobs.admit(Sha256.of(content), 20, 1)).isInstanceOf(Upload.Welcome.class);
  }

  @Test
  void otherBytesAndBrokenUploadsLeaveNothing() throws Exception {
    byte[] content = content("artifact", 100);
    log(ALPHA, NamedBlobs.of(ALPHA, 1, Sha256.of(content)));
    byte[] other = content("forged", 100);
    InputStream broken =
        new FilterInputStream(InputStream.nullInputStream()) {
          @Override
          public int read(byte[] to, int offset, int length) throws IOException {
            throw new IOException("broken off");
          }
        };
    for (int i = 0; i < 3; i++) {
      // More often than there is room for: what failed is not charged.
      try (Upload.Place place = ((Upload.Welcome) admit(content)).place()) {
        assertThat(place.receive(new ByteArrayInputStream(other))).contains(Sha256.of(other));
      }
      try (Upload.Place place = ((Upload.Welcome) admit(content)).place()) {
        assertThatThrownBy(() -> place.receive(broken)).isInstanceOf(IOException.class);
      }
    }
    assertThat(files()).isEmpty();
    put(content);
  }

  @Test
  void aRebuilderHasAQuotaWhichWhatIsOnItsWayCountsFor() throws Exception {
    List<byte[]> mine = Stream.of("a", "b", "c").map(name -> content(name, 100)).toList();
    byte[] small = content("small", 50);
    log(
        ALPHA,
        NamedBlobs.attestation(
            ALPHA, 1, mine.stream().map(Sha256::of).toList(), List.of(), Sha256.of(small)));
    put(mine.get(0));
    try (Upload.Place place = ((Upload.Welcome) admit(mine.get(1))).place()) {
      assertThat(admit(mine.get(2))).isEqualTo(new Upload.NoRoom());
      // It broke off: nothing came.
      assertThat(place).isNotNull();
    }
    put(mine.get(2));
    assertThat(admit(mine.get(1))).isEqualTo(new Upload.NoRoom());
    put(small);
    // Another who names it has room, and pays.
    log(BETA, NamedBlobs.of(BETA, 1, Sha256.of(mine.get(1))));
    put(mine.get(1));
    reopen();
    byte[] more = content("more", 1);
    log(ALPHA, NamedBlobs.of(ALPHA, 2, Sha256.of(more)));
    assertThat(admit(more)).isEqualTo(new Upload.NoRoom());
    log(BETA, NamedBlobs.of(BETA, 2, Sha256.of(more)));
    put(more);
  }

  @Test
  void aBlobHasALongestLength() throws Exception {
    byte[] content = content("long", 101);
    log(ALPHA, NamedBlobs.of(ALPHA, 1, Sha256.of(content)));
    assertThat(admit(content)).isEqualTo(new Upload.TooLong(100));
  }

  @Test
  void aBlobGoesWhenTheEntriesThatNameItAreOld() throws Exception {
    byte[] once = content("once", 20);
    byte[] twice = content("twice", 20);
    log(
        ALPHA,
        NamedBlobs.attestation(
            ALPHA, 1, List.of(Sha256.of(once), Sha256.of(twice)), List.of(), Sha256.of(once)));
    put(once);
    put(twice);
    clock.pass(KEEP);
    log(BETA, NamedBlobs.of(BETA, 1, Sha256.of(twice)));
    assertThat(blobs.sweep()).isZero();
    clock.pass(Duration.ofSeconds(1));
    assertThat(blobs.sweep()).isEqualTo(1);
    assertThat(isThere(once)).isFalse();
    assertThat(isThere(twice)).isTrue();
    assertThat(admit(once)).isEqualTo(new Upload.Expired());
    // Its room is free again, and a new entry brings it back.
    log(ALPHA, NamedBlobs.of(ALPHA, 2, Sha256.of(once)));
    put(once);
    clock.pass(KEEP.plusSeconds(1));
    assertThat(blobs.sweep()).isEqualTo(2);
    assertThat(files()).isEmpty();
  }

  @Test
  void whatANewestSnapshotNamesNeverGoes() throws Exception {
    byte[] list = content("list", 20);
    byte[] first = content("first", 20);
    byte[] second = content("second", 20);
    log(ALPHA, NamedBlobs.snapshot(ALPHA, 1, Sha256.of(list), Sha256.of(first)));
    log(BETA, NamedBlobs.snapshot(BETA, 1, Sha256.of(list), Sha256.of(first)));
    log(ALPHA, NamedBlobs.snapshot(ALPHA, 2, Sha256.of(list), Sha256.of(second)));
    put(list);
    put(first);
    put(second);
    clock.pass(KEEP.multipliedBy(5));
    assertThat(blobs.sweep()).isZero();
    // Beta goes on, too: nobody's newest has the first vector any more.
    byte[] third = content("third", 20);
    log(BETA, NamedBlobs.snapshot(BETA, 2, Sha256.of(list), Sha256.of(third)));
    put(third);
    assertThat(blobs.sweep()).isEqualTo(1);
    assertThat(isThere(first)).isFalse();
    clock.pass(KEEP.multipliedBy(5));
    assertThat(blobs.sweep()).isZero();
    assertThat(isThere(list) && isThere(second) && isThere(third)).isTrue();
  }

  @Test
  void theTableIsMadeAgainFromFolderAndEntries() throws Exception {
    byte[] kept = content("kept", 100);
    byte[] lost = content("lost", 100);
    byte[] more = content("more", 100);
    log(
        ALPHA,
        NamedBlobs.attestation(
            ALPHA,
            1,
            List.of(Sha256.of(kept), Sha256.of(lost), Sha256.of(more)),
            List.of(),
            Sha256.of(kept)));
    put(kept);
    put(lost);
    assertThat(admit(more)).isEqualTo(new Upload.NoRoom());
    Files.delete(blobs.find(Sha256.of(lost)).orElseThrow());
    store.read("a test", handle -> handle.execute("delete from blob where blob_size > 0"));
    store.read("a test", handle -> handle.execute("delete from indexed"));
    store.read("a test", handle -> handle.execute("delete from blob_name"));
    Path stranger = folder.resolve("blobs").resolve("aa").resolve("notes.txt");
    Files.createDirectories(folder.resolve("blobs").resolve("aa"));
    Files.writeString(stranger, "?");
    reopen();
    assertThat(isThere(kept)).isTrue();
    assertThat(admit(kept)).isEqualTo(new Upload.Stored());
    // One of 100 bytes is charged and one is not.
    put(more);
    assertThat(admit(lost)).isEqualTo(new Upload.NoRoom());
    assertThat(stranger).exists();
  }

  @Test
  void whatAKilledProcessLeftOfAnUploadGoes() throws Exception {
    Path arriving = folder.resolve("blobs").resolve("arriving");
    Path old = Files.write(arriving.resolve("old.part"), new byte[10]);
    Files.setLastModifiedTime(old, FileTime.from(clock.instant().minus(Duration.ofDays(2))));
    Path young = Files.write(arriving.resolve("young.part"), new byte[10]);
    Files.setLastModifiedTime(young, FileTime.from(clock.instant()));
    reopen();
    assertThat(old).doesNotExist();
    assertThat(young).exists();
  }
}
