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
import org.jdbi.v3.core.Handle;
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
import org.whonix2.server.store.EntryIndex;
import org.whonix2.server.store.HeldIndexes;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.StoreException;

/** What is taken, who pays, what is kept. */
class BlobsTest {
  private static final SecretKey ALPHA = Attestations.rebuilder("alpha");
  private static final SecretKey BETA = Attestations.rebuilder("beta");
  private static final Duration KEEP = Duration.ofDays(180);
  private static final BlobLimits LIMITS = new BlobLimits(100, 250, KEEP);

  @TempDir Path folder;
  private final Now clock = new Now();
  private final Broken other = new Broken();
  private HeldIndexes database;
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

  /** An index that cannot take an entry, for a while. */
  private static final class Broken implements EntryIndex {
    private boolean broken;

    @Override
    public String name() {
      return "broken-1";
    }

    @Override
    public boolean isInStep() {
      return false;
    }

    @Override
    public void clear(Handle handle) {}

    @Override
    public void add(Handle handle, long from, List<LogEntry> entries) throws StoreException {
      if (broken) {
        throw new StoreException("no room");
      }
    }
  }

  @BeforeEach
  void open() throws IOException {
    database = new HeldIndexes(TestDatabase.open(folder));
    store = LogStore.open(database, List.of(new BlobNames(clock), other));
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

  private Upload receive(byte[] announced, InputStream content) throws IOException {
    Upload upload = admit(announced);
    assertThat(upload).isInstanceOf(Upload.Welcome.class);
    return ((Upload.Welcome) upload).receiver().receive(content);
  }

  private void put(byte[] content) throws IOException {
    assertThat(receive(content, new ByteArrayInputStream(content))).isEqualTo(new Upload.Stored());
  }

  private boolean isThere(byte[] content) throws IOException {
    return blobs.find(Sha256.of(content)).isPresent();
  }

  private boolean isKnown(byte[] content) throws IOException {
    return blobs.find(Sha256.of(content)).orElseThrow().known();
  }

  private Path file(byte[] content) throws IOException {
    return blobs.find(Sha256.of(content)).orElseThrow().file();
  }

  private void loseRows() throws IOException {
    store.read("a test", handle -> handle.execute("delete from blob"));
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
    log(
        ALPHA,
        NamedBlobs.attestation(ALPHA, 1, named.subList(0, 2), named.subList(2, 4), named.get(4)));
    log(ALPHA, NamedBlobs.snapshot(ALPHA, 1, Sha256.of(named.get(5)), Sha256.of(named.get(6))));
    for (byte[] each : named) {
      put(each);
      assertThat(Files.readAllBytes(file(each))).isEqualTo(each);
      assertThat(admit(each)).isEqualTo(new Upload.Stored());
    }
    assertThat(admit(content("stranger", 20))).isEqualTo(new Upload.Unnamed());
    assertThat(files()).hasSize(7);
  }

  @Test
  void anEntryThatIsNotPublishedNamesNothingYet() throws Exception {
    byte[] content = content("artifact", 20);
    log(ALPHA, NamedBlobs.of(ALPHA, 1, content));
    assertThat(blobs.admit(Sha256.of(content), 20, 0)).isEqualTo(new Upload.Unnamed());
    assertThat(blobs.admit(Sha256.of(content), 20, 1)).isInstanceOf(Upload.Welcome.class);
  }

  @Test
  void otherBytesAndBrokenUploadsLeaveNothing() throws Exception {
    byte[] content = content("artifact", 100);
    log(ALPHA, NamedBlobs.of(ALPHA, 1, content));
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
      assertThat(receive(content, new ByteArrayInputStream(other)))
          .isEqualTo(new Upload.OtherContent(Sha256.of(other)));
      assertThatThrownBy(() -> receive(content, broken)).isInstanceOf(IOException.class);
    }
    assertThat(files()).isEmpty();
    put(content);
  }

  @Test
  void aRebuilderHasAQuota() throws Exception {
    List<byte[]> mine = Stream.of("a", "b", "c").map(name -> content(name, 100)).toList();
    byte[] small = content("small", 50);
    log(ALPHA, NamedBlobs.attestation(ALPHA, 1, List.of(new byte[0]), mine, small));
    put(mine.get(0));
    put(mine.get(2));
    assertThat(admit(mine.get(1))).isEqualTo(new Upload.NoRoom());
    put(small);
    // Another who names it has room, and pays.
    log(BETA, NamedBlobs.of(BETA, 1, mine.get(1)));
    put(mine.get(1));
    reopen();
    byte[] more = content("more", 1);
    log(ALPHA, NamedBlobs.of(ALPHA, 2, more));
    assertThat(admit(more)).isEqualTo(new Upload.NoRoom());
    log(BETA, NamedBlobs.of(BETA, 2, more));
    put(more);
  }

  @Test
  void ofTwoThatComeAtATimeOneFindsTheRoomTaken() throws Exception {
    List<byte[]> mine = Stream.of("a", "b", "c").map(name -> content(name, 100)).toList();
    log(ALPHA, NamedBlobs.attestation(ALPHA, 1, List.of(new byte[0]), mine, mine.get(0)));
    put(mine.get(0));
    InputStream meanwhile =
        new FilterInputStream(new ByteArrayInputStream(mine.get(1))) {
          @Override
          public int read(byte[] to, int offset, int length) throws IOException {
            if (!isThere(mine.get(2))) {
              put(mine.get(2));
            }
            return super.read(to, offset, length);
          }
        };
    assertThat(receive(mine.get(1), meanwhile)).isEqualTo(new Upload.NoRoom());
    assertThat(files()).hasSize(2);
  }

  /** Anybody can send them, as they lie in the archive, but for those that only he has. */
  @Test
  void artifactsLeaveHalfOfTheQuotaToWhatElseARebuilderNames() throws Exception {
    List<byte[]> artifacts = Stream.of("a", "b", "c").map(name -> content(name, 100)).toList();
    byte[] log = content("log", 100);
    log(ALPHA, NamedBlobs.attestation(ALPHA, 1, artifacts, List.of(log), content("buildinfo", 50)));
    put(artifacts.get(0));
    assertThat(admit(artifacts.get(1))).isEqualTo(new Upload.NoRoom());
    reopen();
    assertThat(admit(artifacts.get(1))).isEqualTo(new Upload.NoRoom());
    put(log);
    put(content("buildinfo", 50));
    // To another it is a log.
    log(BETA, NamedBlobs.attestation(BETA, 1, artifacts, artifacts, new byte[0]));
    put(artifacts.get(1));
    put(artifacts.get(2));
  }

  @Test
  void anArtifactHasTheSizeThatSomebodyAttests() throws Exception {
    byte[] content = content("artifact", 20);
    log(ALPHA, NamedBlobs.of(ALPHA, 1, Sha256.of(content), 19));
    assertThat(admit(content)).isEqualTo(new Upload.OtherLength());
    log(BETA, NamedBlobs.of(BETA, 1, content));
    put(content);
  }

  @Test
  void aBlobHasALongestLength() throws Exception {
    byte[] content = content("long", 101);
    log(ALPHA, NamedBlobs.of(ALPHA, 1, content));
    assertThat(admit(content)).isEqualTo(new Upload.TooLong(100));
  }

  @Test
  void aBlobGoesWhenTheAttestationsThatNameItAreOldAndOthersTookTheirPlace() throws Exception {
    byte[] once = content("once", 20);
    byte[] twice = content("twice", 20);
    log(ALPHA, NamedBlobs.attestation(ALPHA, 1, List.of(once, twice), List.of(), once));
    put(once);
    put(twice);
    log(ALPHA, NamedBlobs.of(ALPHA, 2, content("next", 20)));
    clock.pass(KEEP);
    log(BETA, NamedBlobs.of(BETA, 1, twice));
    assertThat(blobs.sweep()).isZero();
    clock.pass(Duration.ofSeconds(1));
    assertThat(blobs.sweep()).isEqualTo(1);
    assertThat(isThere(once)).isFalse();
    assertThat(isThere(twice)).isTrue();
    assertThat(admit(once)).isEqualTo(new Upload.Expired());
    // Its room is free again, and a new entry brings it back.
    log(ALPHA, NamedBlobs.of(ALPHA, 3, once));
    put(once);
    log(ALPHA, NamedBlobs.of(ALPHA, 4, content("next", 20)));
    log(BETA, NamedBlobs.of(BETA, 2, content("next", 20)));
    clock.pass(KEEP.plusSeconds(1));
    assertThat(blobs.sweep()).isEqualTo(2);
    assertThat(files()).isEmpty();
  }

  /** Its veto stands, and counts only with its evidence. */
  @Test
  void whatANewestAttestationOfARebuildNamesNeverGoes() throws Exception {
    byte[] evidence = content("log", 20);
    log(ALPHA, NamedBlobs.attestation(ALPHA, 2, List.of(new byte[0]), List.of(evidence), evidence));
    put(evidence);
    // Neither another's, nor one of another rebuild, nor one that came late takes its place.
    log(BETA, NamedBlobs.of(BETA, 9, content("next", 20)));
    log(ALPHA, NamedBlobs.ofOther(ALPHA, 3, content("next", 20)));
    log(ALPHA, NamedBlobs.of(ALPHA, 1, content("next", 20)));
    clock.pass(KEEP.multipliedBy(5));
    assertThat(blobs.sweep()).isZero();
    Files.delete(file(evidence));
    put(evidence);
    log(ALPHA, NamedBlobs.of(ALPHA, 4, content("next", 20)));
    assertThat(blobs.sweep()).isEqualTo(1);
  }

  @Test
  void whatIsNamedAnewBeforeItGoesStays() throws Exception {
    byte[] content = content("artifact", 20);
    log(ALPHA, NamedBlobs.of(ALPHA, 1, content));
    put(content);
    log(ALPHA, NamedBlobs.of(ALPHA, 2, content("next", 20)));
    clock.pass(KEEP.plusSeconds(1));
    // The sweep has found it when the entry comes.
    log(BETA, NamedBlobs.of(BETA, 1, content));
    assertThat(blobs.remove(Sha256.of(content))).isFalse();
    assertThat(isThere(content)).isTrue();
    assertThat(blobs.sweep()).isZero();
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
        NamedBlobs.attestation(ALPHA, 1, List.of(new byte[0]), List.of(kept, lost, more), kept));
    put(kept);
    put(lost);
    assertThat(admit(more)).isEqualTo(new Upload.NoRoom());
    Files.delete(file(lost));
    loseRows();
    store.read("a test", handle -> handle.execute("delete from indexed"));
    store.read("a test", handle -> handle.execute("delete from blob_name"));
    Path stranger = folder.resolve("blobs").resolve("aa").resolve("notes.txt");
    Files.createDirectories(folder.resolve("blobs").resolve("aa"));
    Files.writeString(stranger, "?");
    reopen();
    assertThat(blobs.sweep()).isZero();
    assertThat(isThere(kept)).isTrue();
    assertThat(admit(kept)).isEqualTo(new Upload.Stored());
    // One of 100 bytes is charged and one is not.
    put(more);
    assertThat(admit(lost)).isEqualTo(new Upload.NoRoom());
    assertThat(stranger).exists();
  }

  @Test
  void whileAnIndexIsBrokenAFileWithoutARowIsLeftAlone() throws Exception {
    List<byte[]> named = Stream.of("a", "b", "c").map(name -> content(name, 100)).toList();
    byte[] content = named.get(0);
    log(ALPHA, NamedBlobs.attestation(ALPHA, 1, List.of(new byte[0]), named, content));
    put(content);
    put(named.get(1));
    other.broken = true;
    log(BETA, NamedBlobs.of(BETA, 1, content("artifact", 20)));
    loseRows();
    reopen();
    assertThatThrownBy(blobs::sweep).hasMessageContaining("no room");
    assertThatThrownBy(() -> admit(content)).hasMessageContaining("no room");
    assertThat(isKnown(content)).isFalse();
    assertThat(Files.readAllBytes(file(content))).isEqualTo(content);
    other.broken = false;
    assertThat(blobs.sweep()).isZero();
    assertThat(isKnown(content)).isTrue();
    assertThat(admit(content)).isEqualTo(new Upload.Stored());
    // Both that are there are charged again.
    assertThat(admit(named.get(2))).isEqualTo(new Upload.NoRoom());
  }

  @Test
  void aFileWithoutARowThatIsSentAgainHasOne() throws Exception {
    byte[] content = content("log", 100);
    log(ALPHA, NamedBlobs.attestation(ALPHA, 1, List.of(new byte[0]), List.of(content), content));
    put(content);
    Files.writeString(file(content), "what a failing disk made of it");
    // So that no sweep finds the file.
    database.hold(store);
    loseRows();
    assertThat(isKnown(content)).isFalse();
    put(content);
    assertThat(isKnown(content)).isTrue();
    assertThat(Files.readAllBytes(file(content))).isEqualTo(content);
    assertThat(database.release()).isEqualTo(1);
  }

  @Test
  void aFileThatNobodyNamesIsLeftAlone() throws Exception {
    byte[] content = content("stranger", 20);
    Path file = folder.resolve("blobs").resolve(Sha256.of(content).toString().substring(0, 2));
    file = Files.createDirectories(file).resolve(Sha256.of(content).toString());
    Files.write(file, content);
    reopen();
    assertThat(blobs.sweep()).isZero();
    assertThat(isKnown(content)).isFalse();
    assertThat(file).exists();
    log(ALPHA, NamedBlobs.of(ALPHA, 1, content));
    assertThat(blobs.sweep()).isZero();
    assertThat(isKnown(content)).isTrue();
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
