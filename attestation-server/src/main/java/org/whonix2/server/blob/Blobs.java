package org.whonix2.server.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.server.store.LogStore;

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

  /** What is on its way, by who pays for it. */
  private final Map<String, Long> reserved = new HashMap<>();

  private Blobs(BlobFolder folder, LogStore store, BlobLimits limits, Clock clock) {
    this.folder = folder;
    this.store = store;
    this.limits = limits;
    this.clock = clock;
  }

  /** Opens the folder {@code blobs} in the state folder; what is too old goes, now and hourly. */
  public static Blobs open(Path state, LogStore store, BlobLimits limits, Clock clock)
      throws IOException {
    BlobFolder folder = BlobFolder.open(state.resolve("blobs"), clock.instant());
    Blobs blobs = new Blobs(folder, store, limits, clock);
    blobs.takeStock();
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
          if (!gone.remove(digest)) {
            store.read(
                "a blob's place",
                handle -> {
                  Optional<String> payer = BlobNames.first(handle, digest);
                  payer.ifPresent(who -> insert(handle, digest, size, who));
                  return payer;
                });
          }
        });
    for (Sha256 digest : gone) {
      forget(digest);
    }
  }

  /** Where a blob lies, if it is there. */
  public Optional<Path> find(Sha256 digest) {
    return folder.find(digest);
  }

  /**
   * Whether a blob may be sent.
   *
   * @param length what it is said to have
   * @param size of the published tree: an entry behind it names nothing yet
   */
  public Upload admit(Sha256 digest, long length, long size) throws IOException {
    List<String> signers =
        store.read("who names a blob", handle -> BlobNames.signers(handle, digest, size));
    if (signers.isEmpty()) {
      return new Upload.Unnamed();
    }
    if (folder.find(digest).isPresent()) {
      return new Upload.Stored();
    }
    if (!store.read("a blob's age", handle -> BlobNames.isKept(handle, digest, oldest()))) {
      return new Upload.Expired();
    }
    if (length > limits.longest()) {
      return new Upload.TooLong(limits.longest());
    }
    Optional<String> payer = reserve(signers, length);
    return payer.isEmpty()
        ? new Upload.NoRoom()
        : new Upload.Welcome(new Reserved(digest, length, payer.get()));
  }

  private synchronized Optional<String> reserve(List<String> signers, long length)
      throws IOException {
    for (String signer : signers) {
      long used = store.read("a quota", handle -> used(handle, signer));
      long coming = reserved.getOrDefault(signer, 0L);
      if (length <= limits.quota() - used - coming) {
        reserved.merge(signer, length, Long::sum);
        return Optional.of(signer);
      }
    }
    return Optional.empty();
  }

  private synchronized void release(String signer, long length) {
    reserved.merge(signer, -length, Long::sum);
    reserved.remove(signer, 0L);
  }

  private static long used(Handle handle, String signer) {
    return handle
        .createQuery("select coalesce(sum(blob_size), 0) from blob where payer = ?")
        .bind(0, signer)
        .mapTo(Long.class)
        .one();
  }

  private final class Reserved implements Upload.Place {
    private final Sha256 digest;
    private final long length;
    private final String payer;

    Reserved(Sha256 digest, long length, String payer) {
      this.digest = digest;
      this.length = length;
      this.payer = payer;
    }

    @Override
    public Optional<Sha256> receive(InputStream content) throws IOException {
      Optional<Sha256> other = folder.receive(digest, content);
      if (other.isEmpty()) {
        store.read("a blob's place", handle -> insert(handle, digest, length, payer));
        store.sync();
      }
      return other;
    }

    @Override
    public void close() {
      release(payer, length);
    }
  }

  /** Two may bring one blob at a time; the first pays. */
  private synchronized boolean insert(Handle handle, Sha256 digest, long size, String payer) {
    long there =
        handle
            .createQuery("select count(*) from blob where digest = ?")
            .bind(0, digest.toByteArray())
            .mapTo(Long.class)
            .one();
    return there == 0
        && handle.execute("insert into blob values (?, ?, ?)", digest.toByteArray(), size, payer)
            == 1;
  }

  private void forget(Sha256 digest) throws IOException {
    store.read(
        "a blob's place",
        handle -> handle.execute("delete from blob where digest = ?", digest.toByteArray()));
  }

  private long oldest() {
    return clock.instant().minus(limits.keep()).getEpochSecond();
  }

  private void sweepOrComplain() {
    try {
      sweep();
    } catch (IOException | RuntimeException e) {
      LOG.error("blobs that are too old were not removed: {}", e.getMessage());
    }
  }

  /**
   * Removes what nothing keeps any more.
   *
   * @return how many went
   */
  int sweep() throws IOException {
    int removed = 0;
    List<byte[]> old;
    do {
      old = store.read("old blobs", handle -> BlobNames.notKept(handle, oldest(), STEP));
      for (byte[] digest : old) {
        // The file first: a row without a file is mended when the server starts.
        folder.remove(sha256(digest));
        forget(sha256(digest));
        removed++;
      }
    } while (!old.isEmpty());
    return removed;
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
    sweeper.shutdownNow();
    try {
      // The store is closed next.
      if (!sweeper.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("the removal of old blobs did not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
