package org.whonix2.update.sync;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.LogFetcher;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.TilePath;
import org.whonix2.io.http.FetchException;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.io.http.ServerAddress;
import org.whonix2.update.store.UnprovenBundles;

/**
 * Reads a log at one address by C2SP tlog-tiles, until a deadline and up to a number of bytes. Full
 * bundles are kept until they are proven: what a sync before this one brought is not fetched again,
 * nor does it count. A bundle that is not behind the last one begins a second reading, from the
 * log's start, of what is proven and of what is new: it may bring as much again, and the proven
 * bytes. It looks for a lie of the log's, so there is none where something came from an earlier
 * sync: then that is doubted first.
 */
final class HttpLogFetcher implements LogFetcher {
  private final HttpTransport transport;
  private final URI address;
  private final SyncDeadline deadline;
  private final UnprovenBundles unproven;
  private final long unprovenBytes;
  private final long keptBytes;
  private long budget;
  private long last = -1;
  private boolean again;
  private boolean resumed;

  /** Something that came in an earlier sync does not fit what the log signed. */
  static final class DoubtfulException extends IOException {
    private static final long serialVersionUID = 1;

    DoubtfulException(URI address) {
      super(address + ": what it served before does not fit what the log signed now");
    }
  }

  HttpLogFetcher(
      HttpTransport transport,
      URI address,
      SyncDeadline deadline,
      UnprovenBundles unproven,
      long unprovenBytes,
      long keptBytes) {
    this.transport = transport;
    this.address = address;
    this.deadline = deadline;
    this.unproven = unproven;
    this.unprovenBytes = unprovenBytes;
    this.keptBytes = keptBytes;
    this.budget = unprovenBytes;
  }

  @Override
  public byte[] checkpoint() throws IOException {
    return fetch("checkpoint", SignedNote.MAX_BYTES);
  }

  @Override
  public byte[] entries(long bundle, int width) throws IOException {
    if (bundle <= last) {
      if (resumed) {
        throw new DoubtfulException(address);
      }
      again = true;
      budget = unprovenBytes + keptBytes;
    }
    last = bundle;
    boolean resumable = width == TilePath.FULL && !again;
    Optional<byte[]> before = resumable ? unproven.read(bundle) : Optional.empty();
    if (before.isPresent()) {
      resumed = true;
      return before.get();
    }
    String path = TilePath.entries(bundle, width).toString();
    byte[] entries = fetch(path, EntryBundle.MAX_BYTES);
    budget -= entries.length;
    if (budget < 0) {
      throw new FetchException(
          resolve(path), "expected at most " + unprovenBytes + " bytes of new entries, found more");
    }
    if (resumable) {
      unproven.keep(bundle, entries);
    }
    return entries;
  }

  /** Whether some of what it gave came in an earlier sync. */
  boolean hasResumed() {
    return resumed;
  }

  private byte[] fetch(String path, int maxBytes) throws FetchException {
    URI uri = resolve(path);
    if (deadline.isOver()) {
      throw new FetchException(uri, "expected to be done within " + deadline + ", was not");
    }
    return transport.fetch(uri, maxBytes);
  }

  private URI resolve(String path) {
    return ServerAddress.resolve(address, path);
  }
}
