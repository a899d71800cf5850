package org.whonix2.server.web;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.util.JavalinException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running HTTP listener with its limits; closing it lets running requests finish first. */
public final class WebListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebListener.class);

  /** More than there are places for large bodies, in and out. */
  private static final int MAX_THREADS = 96;

  private static final int MAX_CONNECTIONS = 1_000;
  private static final int ACCEPT_QUEUE = 256;
  private static final int MAX_HEADER_BYTES = 8 * 1024;
  private static final Duration IDLE = Duration.ofSeconds(20);
  private static final Duration DRAIN = Duration.ofSeconds(10);

  private final Javalin javalin;
  private final URI address;

  private WebListener(Javalin javalin, URI address) {
    this.javalin = javalin;
    this.address = address;
  }

  /**
   * Listens until closed.
   *
   * @param name the threads' name
   * @throws IOException if the address cannot be bound
   */
  public static WebListener start(String name, ListenAddress listen, Consumer<RoutesConfig> routes)
      throws IOException {
    Javalin javalin = Javalin.create(config -> configure(config, name, listen, routes));
    try {
      javalin.start();
    } catch (JavalinException e) {
      throw new IOException("cannot listen on " + listen + ": " + e.getMessage(), e);
    }
    return new WebListener(javalin, URI.create("http://" + listen.host() + ":" + javalin.port()));
  }

  /** Where it listens, with the real port. */
  public URI address() {
    return address;
  }

  @Override
  public void close() {
    javalin.stop();
  }

  private static void configure(
      JavalinConfig config, String name, ListenAddress listen, Consumer<RoutesConfig> routes) {
    config.startup.showJavalinBanner = false;
    config.startup.startupWatcherEnabled = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.concurrency.useVirtualThreads = false;
    config.http.generateEtags = false;
    config.http.prefer405over404 = true;
    // Envelopes are base64 of small JSON and hashes are noise: not worth a compressor's state.
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.router.ignoreTrailingSlashes = false;
    config.router.treatMultipleSlashesAsSingleSlash = false;
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 4);
    threads.setName(name);
    config.jetty.threadPool = threads;
    config.jetty.modifyServer(
        server -> {
          server.setErrorHandler(new ProblemErrorHandler());
          server.setStopTimeout(DRAIN.toMillis());
          server.setHandler(new GracefulHandler());
        });
    config.jetty.modifyHttpConfiguration(WebListener::limit);
    config.jetty.addConnector((server, http) -> connector(server, http, listen));
    config.routes.before(context -> context.header("X-Content-Type-Options", "nosniff"));
    config.routes.exception(HttpResponseException.class, (e, context) -> refuse(context, e));
    // The answer has begun: the connection ends before it does, which tells its reader enough.
    config.routes.exception(
        LargeBody.BrokenOff.class, (e, context) -> LOG.debug("an answer ends: {}", e.getMessage()));
    config.routes.exception(
        Exception.class,
        (e, context) -> {
          LOG.error("a route failed", e);
          new Problem(HttpStatus.INTERNAL_SERVER_ERROR_500, "the server failed").answer(context);
        });
    routes.accept(config.routes);
    config.routes.after(LargeBody::sendLarge);
  }

  private static void limit(HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    http.setRequestHeaderSize(MAX_HEADER_BYTES);
    http.setIdleTimeout(IDLE.toMillis());
  }

  private static ServerConnector connector(
      Server server, HttpConfiguration http, ListenAddress listen) {
    ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(listen.host().replaceAll("[\\[\\]]", ""));
    connector.setPort(listen.port());
    connector.setIdleTimeout(IDLE.toMillis());
    connector.setAcceptQueueSize(ACCEPT_QUEUE);
    server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, connector));
    return connector;
  }

  private static void refuse(Context context, HttpResponseException e) {
    if (e instanceof MethodNotAllowedResponse) {
      // Its only detail, under a name that depends on what the request accepts.
      context.header("Allow", String.join(", ", e.getDetails().values()));
    }
    new Problem(e.getStatus(), String.valueOf(e.getMessage())).answer(context);
  }
}
