package org.whonix2.server.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.whonix2.server.sequencer.Publisher;
import org.whonix2.server.sequencer.Sequencer;
import org.whonix2.server.store.StoreException;
import org.whonix2.server.web.Problem;
import org.whonix2.server.web.ReadRoute;

/** About the server itself. */
final class ServiceRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceRoutes.class);

  private final Sequencer sequencer;
  private final Publisher publisher;
  private final byte[] description;

  ServiceRoutes(Sequencer sequencer, Publisher publisher) throws IOException {
    this.sequencer = sequencer;
    this.publisher = publisher;
    try (InputStream in = ServiceRoutes.class.getResourceAsStream("openapi.yaml")) {
      this.description = Objects.requireNonNull(in, "openapi.yaml").readAllBytes();
    }
  }

  void register(RoutesConfig routes) {
    ReadRoute.add(routes, "/health", this::health);
    ReadRoute.add(routes, "/openapi.yaml", this::description);
  }

  private void health(Context context) {
    if (!sequencer.isRunning()) {
      new Problem(HttpStatus.SERVICE_UNAVAILABLE_503, "the log takes no entries").answer(context);
      return;
    }
    long size;
    try {
      size = publisher.latest().size();
    } catch (StoreException e) {
      LOG.error("not healthy: {}", e.getMessage());
      new Problem(HttpStatus.SERVICE_UNAVAILABLE_503, "the log's database fails").answer(context);
      return;
    }
    ObjectNode health = JsonNodeFactory.instance.objectNode();
    health.put("status", "ok");
    health.put("origin", publisher.origin());
    health.put("size", size);
    context
        .contentType("application/json")
        .header("Cache-Control", "no-store")
        .result(health.toString());
  }

  private void description(Context context) {
    context.contentType("application/yaml").result(description);
  }
}
