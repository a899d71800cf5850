package org.whonix2.update.sync;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.LogFetcher;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.TilePath;
import org.whonix2.io.http.HttpTransport;

/**
 * Reads a log by C2SP tlog-tiles. The first address that gives a checkpoint serves the whole run,
 * so that two mirrors of different age are not mixed.
 */
final class HttpLogFetcher implements LogFetcher {
  private final HttpTransport transport;
  private final List<URI> addresses;
  private URI chosen;

  HttpLogFetcher(HttpTransport transport, List<URI> addresses) {
    this.transport = transport;
    this.addresses = addresses;
    this.chosen = addresses.get(0);
  }

  @Override
  public byte[] checkpoint() throws IOException {
    IOException failure = null;
    for (URI address : addresses) {
      try {
        byte[] checkpoint = transport.fetch(resolve(address, "checkpoint"), SignedNote.MAX_BYTES);
        chosen = address;
        return checkpoint;
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    throw failure == null ? new IOException("expected an address, found none") : failure;
  }

  @Override
  public byte[] entries(long bundle, int width) throws IOException {
    return transport.fetch(
        resolve(chosen, TilePath.entries(bundle, width).toString()), EntryBundle.MAX_BYTES);
  }

  private static URI resolve(URI address, String path) {
    String base = address.toString();
    return URI.create(base.endsWith("/") ? base + path : base + "/" + path);
  }
}
