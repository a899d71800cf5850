package org.whonix2.server.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.StoreException;

/** The blobs of a log. Its store must keep the index {@link BlobNames}. */
public final class Blobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Blobs.class);
  private static final int STEP = 256;

  private final BlobFolder folder;
  private final LogStore store;
  private final BlobLimits limits;
  private final Clock clock;
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "blobs");
            thread.setDaemon(true);
            return thread;
          });

  private Blobs(BlobFolder folder, LogStore store, BlobLimits limits, Clock clock) {
    this.folder = folder;
    this.store = store;
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * Opens the folder {@code blobs} in the state folder. It is swept now and hourly, while it is
   * used: that waits for the indexes, and one of them may be made anew, or fail.
   */
  public static Blobs open(Path state, LogStore store, BlobLimits limits, Clock clock)
      throws IOException {
    BlobFolder folder = BlobFolder.open(state.resolve("blobs"), clock.instant());
    Blobs blobs = new Blobs(folder, store, limits, clock);
    ScheduledFuture<?> unused =
        blobs.sweeper.scheduleWithFixedDelay(blobs::sweepOrComplain, 0, 1, TimeUnit.HOURS);
    return blobs;
  }

  /** Brings the table to what lies in the folder. */
  private void takeStock() throws IOException {
    Set<Sha256> gone = new HashSet<>();
    store.read(
        "the blobs",
        handle -> {
          for (byte[] digest :
              handle
                  .createQuery("select digest from blob")
                  .map((row, context) -> row.getBytes(1))
                  .list()) {
            gone.add(sha256(digest));
          }
          return gone.size();
        });
    folder.each(
        (digest, size) -> {
          if (!gone.remove(digest) && !sweeper.isShutdown()) {
            charge(digest, size);
          }
        });
    for (Sha256 digest : gone) {
      store.exclusively(
          "a blob's place", handle -> folder.find(digest).isPresent() || delete(handle, digest));
    }
  }

  /** Gives a file its row, if somebody names it: it takes room whether there is any or not. */
  private void charge(Sha256 digest, long size) throws IOException {
    store.exclusivelyKnowing(
        "a blob's place",
        handle -> {
          Optional<Payer> first =
              payers(BlobNames.namings(handle, digest, Long.MAX_VALUE)).findFirst();
          if (first.isPresent() && !hasRow(handle, digest)) {
            insert(handle, digest, size, first.get());
          }
          return first;
        });
  }

  /**
   * A file that lies there.
   *
   * @param known whether an entry is known to name it; otherwise it is nobody's, and left alone
   */
  public record Present(Path file, boolean known) {}

  /** The blob with this digest, if it is there. */
  public Optional<Present> find(Sha256 digest) throws StoreException {
    Optional<Path> file = folder.find(digest);
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Present(file.get(), store.read("a blob's row", handle -> hasRow(handle, digest))));
  }

  private boolean isThere(Handle handle, Sha256 digest) {
    return folder.find(digest).isPresent() && hasRow(handle, digest);
  }

  private static boolean hasRow(Handle handle, Sha256 digest) {
    return handle
            .createQuery("select count(*) from blob where digest = ?")
            .bind(0, digest.toByteArray())
            .mapTo(Long.class)
            .one()
        > 0;
  }

  /**
   * Whether a blob may be sent.
   *
   * @param length what it is said to have
   * @param size of the published tree: an entry behind it names nothing yet
   */
  public Upload admit(Sha256 digest, long length, long size) throws IOException {
    if (store.follow(size) < size) {
      return new Upload.NotYetKnown();
    }
    Set<BlobNames.Naming> namings =
        store.read("who names a blob", handle -> BlobNames.namings(handle, digest, size));
    if (namings.isEmpty()) {
      return new Upload.Unnamed();
    }
    if (store.read("a blob's row", handle -> isThere(handle, digest))) {
      return new Upload.Stored();
    }
    if (!store.read("a blob's age", handle -> BlobNames.isKept(handle, digest, oldest()))) {
      return new Upload.Expired();
    }
    if (length > limits.longest()) {
      return new Upload.TooLong(limits.longest());
    }
    if (namings.stream().noneMatch(naming -> naming.allows(length))) {
      return new Upload.OtherLength();
    }
    List<Payer> payers = payers(namings).toList();
    return store.read("a quota", handle -> withRoom(handle, payers, length)).isEmpty()
        ? new Upload.NoRoom()
        : new Upload.Welcome(content -> receive(digest, length, payers, content));
  }

  /** Who may be charged for a blob; as an artifact if it is nothing else to him. */
  private record Payer(String signer, boolean artifact) {}

  private static Stream<Payer> payers(Set<BlobNames.Naming> namings) {
    Map<String, Boolean> artifacts = new LinkedHashMap<>();
    namings.forEach(
        naming -> artifacts.merge(naming.signer(), naming.size().isPresent(), Boolean::logicalAnd));
    return artifacts.entrySet().stream().map(each -> new Payer(each.getKey(), each.getValue()));
  }

  private Optional<Payer> withRoom(Handle handle, List<Payer> payers, long length) {
    return payers.stream()
        .filter(
            payer ->
                length <= limits.quota() - used(handle, payer.signer(), false)
                    && (!payer.artifact()
                        || length <= limits.quota() / 2 - used(handle, payer.signer(), true)))
        .findFirst();
  }

  private static long used(Handle handle, String signer, boolean artifactsOnly) {
    return handle
        .createQuery(
            "select coalesce(sum(blob_size), 0) from blob where payer = ?"
                + (artifactsOnly ? " and artifact" : ""))
        .bind(0, signer)
        .mapTo(Long.class)
        .one();
  }

  private Upload receive(Sha256 digest, long length, List<Payer> payers, InputStream content)
      throws IOException {
    try (BlobFolder.Arrived arrived = folder.receive(content)) {
      if (!arrived.digest().equals(digest)) {
        return new Upload.OtherContent(arrived.digest());
      }
      Upload stored =
          store.exclusively("a blob's place", handle -> keep(handle, arrived, length, payers));
      store.sync();
      return stored;
    }
  }

  /** Others came while it did: one may have brought it, and all may have taken room. */
  private Upload keep(Handle handle, BlobFolder.Arrived arrived, long length, List<Payer> payers)
      throws IOException {
    if (isThere(handle, arrived.digest())) {
      return new Upload.Stored();
    }
    Optional<Payer> payer = withRoom(handle, payers, length);
    if (payer.isEmpty()) {
      return new Upload.NoRoom();
    }
    insert(handle, arrived.digest(), length, payer.get());
    // Last, as it cannot be taken back: a file without a row is found when the folder is swept.
    folder.keep(arrived);
    return new Upload.Stored();
  }

  private static void insert(Handle handle, Sha256 digest, long size, Payer payer) {
    delete(handle, digest);
    handle.execute(
        "insert into blob values (?, ?, ?, ?)",
        digest.toByteArray(),
        size,
        payer.signer(),
        payer.artifact());
  }

  private static boolean delete(Handle handle, Sha256 digest) {
    return handle.execute("delete from blob where digest = ?", digest.toByteArray()) == 1;
  }

  private long oldest() {
    return clock.instant().minus(limits.keep()).getEpochSecond();
  }

  private void sweepOrComplain() {
    try {
      sweep();
    } catch (IOException | RuntimeException e) {
      LOG.error(
          "blobs that are too old stay, and files without a row are not served;"
              + " tried again in an hour: {}",
          e.getMessage());
    }
  }

  /**
   * Finds who is charged for files that have no row, and removes what nothing keeps any more.
   *
   * @return how many went
   */
  int sweep() throws IOException {
    // An index that is made anew takes its time: it is not waited for under the head's lock.
    for (long size = store.head().size(), known = 0; known < size && !sweeper.isShutdown(); ) {
      known = store.followSome();
    }
    if (sweeper.isShutdown()) {
      return 0;
    }
    takeStock();
    int removed = 0;
    List<byte[]> old;
    do {
      old = store.read("old blobs", handle -> BlobNames.notKept(handle, oldest(), STEP));
      for (byte[] digest : old) {
        removed += !sweeper.isShutdown() && remove(sha256(digest)) ? 1 : 0;
      }
    } while (!old.isEmpty() && !sweeper.isShutdown());
    return removed;
  }

  /** Removes a blob unless an entry that came meanwhile keeps it. */
  boolean remove(Sha256 digest) throws IOException {
    return store.exclusivelyKnowing(
        "a blob's place",
        handle -> {
          if (BlobNames.isKept(handle, digest, oldest())) {
            return false;
          }
          boolean removed = delete(handle, digest);
          // Last, as it cannot be taken back: a row without a file is mended when the folder
          // is swept.
          folder.remove(digest);
          return removed;
        });
  }

  private static Sha256 sha256(byte[] digest) {
    try {
      return Sha256.ofDigest(digest);
    } catch (MalformedInputException e) {
      throw new IllegalStateException("the schema lets no other length in", e);
    }
  }

  @Override
  public void close() {
    // Not interrupted: that would close the database's file for everybody.
    sweeper.shutdown();
    try {
      // The store is closed soon.
      if (!sweeper.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("the removal of old blobs did not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
