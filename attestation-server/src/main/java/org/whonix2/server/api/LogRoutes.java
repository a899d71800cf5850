package org.whonix2.server.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpStatus;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.EntryBundle;
import org.whonix2.core.log.TilePath;
import org.whonix2.server.sequencer.Publisher;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.web.Problem;
import org.whonix2.server.web.ReadRoute;

/**
 * C2SP tlog-tiles. Only what the published checkpoint covers is served: a tile that the tree has
 * outgrown stays, one that it has not reached is absent.
 */
final class LogRoutes {
  private static final String IMMUTABLE = "public, max-age=31536000, immutable";

  private final LogStore store;
  private final Publisher publisher;

  LogRoutes(LogStore store, Publisher publisher) {
    this.store = store;
    this.publisher = publisher;
  }

  void register(RoutesConfig routes) {
    ReadRoute.add(routes, "/checkpoint", this::checkpoint);
    ReadRoute.add(routes, "/tile/<path>", this::tile);
  }

  private void checkpoint(Context context) throws IOException {
    context
        .contentType("text/plain; charset=utf-8")
        .header("Cache-Control", "no-cache")
        .result(publisher.latest().note());
  }

  private void tile(Context context) throws IOException {
    Optional<byte[]> found;
    try {
      // The path as it came: one written in another way is not a tile's.
      found = find(TilePath.parse(context.req().getRequestURI().substring(1)));
    } catch (MalformedInputException e) {
      new Problem(HttpStatus.NOT_FOUND_404, String.valueOf(e.getMessage())).answer(context);
      return;
    }
    if (found.isEmpty()) {
      new Problem(HttpStatus.NOT_FOUND_404, "the tree has not grown so far").answer(context);
      return;
    }
    context
        .contentType("application/octet-stream")
        .header("Cache-Control", IMMUTABLE)
        .result(found.get());
  }

  private Optional<byte[]> find(TilePath path) throws IOException {
    if (!isReached(path, publisher.known().size()) && !isReached(path, publisher.latest().size())) {
      return Optional.empty();
    }
    if (!path.isEntries()) {
      return store.tile(path);
    }
    List<byte[]> entries = store.entries(path.index() * TilePath.FULL, path.width());
    return Optional.of(EntryBundle.format(entries));
  }

  private static boolean isReached(TilePath path, long size) {
    return TilePath.widthAt(path.level(), path.index(), size) >= path.width();
  }
}
