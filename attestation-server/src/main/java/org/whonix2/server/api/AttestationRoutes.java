package org.whonix2.server.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpStatus;
import org.whonix2.server.sequencer.Publisher;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.PublishedNote;
import org.whonix2.server.web.Problem;
import org.whonix2.server.web.ReadRoute;

/** Single entries as they were logged, and proofs that they were. */
final class AttestationRoutes {
  private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,17}");
  private static final String IMMUTABLE = "public, max-age=31536000, immutable";

  private final LogStore store;
  private final Publisher publisher;
  private final Proofs proofs;

  AttestationRoutes(LogStore store, Publisher publisher, Proofs proofs) {
    this.store = store;
    this.publisher = publisher;
    this.proofs = proofs;
  }

  void register(RoutesConfig routes) {
    ReadRoute.add(routes, "/api/v1/attestations/{index}", this::attestation);
    ReadRoute.add(routes, "/api/v1/proofs/{index}", this::proof);
  }

  private void attestation(Context context) throws IOException {
    Optional<Long> index = index(context, publisher.latest());
    if (index.isEmpty()) {
      return;
    }
    List<byte[]> entry = store.entries(index.get(), 1);
    context.contentType("application/json").header("Cache-Control", IMMUTABLE).result(entry.get(0));
  }

  private void proof(Context context) throws IOException {
    PublishedNote checkpoint = publisher.latest();
    Optional<Long> index = index(context, checkpoint);
    if (index.isEmpty()) {
      return;
    }
    context
        .contentType("text/plain; charset=utf-8")
        .header("Cache-Control", "no-cache")
        .result(proofs.of(index.get(), checkpoint));
  }

  /** The index in the path, if the checkpoint covers it; otherwise the problem is answered. */
  private static Optional<Long> index(Context context, PublishedNote checkpoint) {
    String text = context.pathParam("index");
    if (!INDEX.matcher(text).matches()) {
      new Problem(HttpStatus.BAD_REQUEST_400, "expected an index as a decimal number")
          .answer(context);
      return Optional.empty();
    }
    long index = Long.parseLong(text);
    if (index >= checkpoint.size()) {
      new Problem(
              HttpStatus.NOT_FOUND_404,
              "expected an index below the log's size " + checkpoint.size() + ", found " + index)
          .answer(context);
      return Optional.empty();
    }
    return Optional.of(index);
  }
}
