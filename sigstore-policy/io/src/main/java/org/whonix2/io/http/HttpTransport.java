package org.whonix2.io.http;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.PathRequestContent;
import org.eclipse.jetty.client.ProxyAuthenticationProtocolHandler;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.WWWAuthenticationProtocolHandler;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;

/** HTTP/1.1, plain or with TLS, for any number of threads. Its own threads are few, and daemons. */
public final class HttpTransport implements AutoCloseable {
  private static final int MAX_THREADS = 16;
  private static final int MAX_CONNECTIONS_PER_HOST = 8;
  private static final int MAX_HEADER_BYTES = 16 * 1024;
  private static final long GRACE_MILLIS = 1_000;

  /** Bytes a second that a long body gets at least, beside the deadline of every call. */
  private static final long SLOWEST_UPLOAD = 16 * 1024;

  /** Whether a body of this length is wanted is asked before it is sent. */
  private static final long ASKED_FIRST = 64 * 1024;

  private final HttpDeadlines deadlines;
  private final HttpClient client;

  public HttpTransport(HttpDeadlines deadlines) {
    this.deadlines = deadlines;
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS, 1);
    threads.setName("http");
    threads.setDaemon(true);
    ClientConnector connector = new ClientConnector();
    connector.setSelectors(1);
    client = new HttpClient(new HttpClientTransportOverHTTP(connector));
    client.setExecutor(threads);
    client.setScheduler(new ScheduledExecutorScheduler("http-deadlines", true));
    client.setConnectTimeout(deadlines.connect().toMillis());
    client.setAddressResolutionTimeout(deadlines.connect().toMillis());
    client.setIdleTimeout(deadlines.total().toMillis());
    client.setMaxConnectionsPerDestination(MAX_CONNECTIONS_PER_HOST);
    client.setMaxResponseHeadersSize(MAX_HEADER_BYTES);
    client.setFollowRedirects(false);
    client.setHttpCookieStore(new HttpCookieStore.Empty());
    client.setUserAgentField(new HttpField(HttpHeader.USER_AGENT, "whonix2"));
    try {
      client.start();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP client did not start", e);
    }
    // Starting sets these up: no decoder means that no encoding is asked for.
    client.getContentDecoderFactories().clear();
    client.getProtocolHandlers().remove(WWWAuthenticationProtocolHandler.NAME);
    client.getProtocolHandlers().remove(ProxyAuthenticationProtocolHandler.NAME);
  }

  /** The body behind {@code uri}; every status but 200 is an exception. */
  public byte[] fetch(URI uri, int maxBytes) throws FetchException {
    return get(uri, maxBytes).bodyIfOk();
  }

  /**
   * Asks for {@code uri}.
   *
   * @param maxBytes the most bytes that the body may have, kept to while it arrives
   * @throws FetchException unless a whole answer came in time, of whatever status
   */
  public HttpAnswer get(URI uri, int maxBytes) throws FetchException {
    return call(request(uri, HttpMethod.GET), uri, maxBytes);
  }

  /** As {@link #get}, but sends a body. */
  public HttpAnswer post(URI uri, String contentType, byte[] body, int maxBytes)
      throws FetchException {
    Request request = request(uri, HttpMethod.POST);
    return call(request.body(new BytesRequestContent(contentType, body)), uri, maxBytes);
  }

  /** Asks whether there is something at {@code uri}; the answer has no body. */
  public HttpAnswer head(URI uri) throws FetchException {
    return call(request(uri, HttpMethod.HEAD), uri, 0);
  }

  /**
   * Sends a file, in steps, so that it needs no memory for it, and for as long as its length needs
   * at a slow rate.
   *
   * @param maxBytes the most bytes that the answer may have
   */
  public HttpAnswer put(URI uri, String contentType, Path file, int maxBytes) throws IOException {
    long length = Files.size(file);
    HttpDeadlines longer =
        new HttpDeadlines(
            deadlines.connect(), deadlines.total().plusSeconds(length / SLOWEST_UPLOAD));
    Request request =
        request(uri, HttpMethod.PUT)
            .timeout(longer.total().toMillis(), TimeUnit.MILLISECONDS)
            .idleTimeout(deadlines.total().toMillis(), TimeUnit.MILLISECONDS)
            .body(new PathRequestContent(contentType, file));
    if (length > ASKED_FIRST) {
      request.headers(headers -> headers.put(HttpHeader.EXPECT, "100-continue"));
    }
    return call(request, uri, maxBytes, longer);
  }

  private Request request(URI uri, HttpMethod method) throws FetchException {
    check(uri);
    return client
        .newRequest(uri)
        .method(method)
        .timeout(deadlines.total().toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void check(URI uri) throws FetchException {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new FetchException(uri, "expected http or https, found " + scheme);
    }
    String host = uri.getHost();
    if (host == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
      throw new FetchException(uri, "expected a host, a path and perhaps a query, found other");
    }
    String name = host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    if (name.endsWith(".onion") || name.endsWith(".i2p")) {
      throw new FetchException(uri, "needs a SOCKS proxy, not built yet");
    }
  }

  private HttpAnswer call(Request request, URI uri, int maxBytes) throws FetchException {
    return call(request, uri, maxBytes, deadlines);
  }

  private static HttpAnswer call(Request request, URI uri, int maxBytes, HttpDeadlines deadlines)
      throws FetchException {
    AnswerReceiver receiver = new AnswerReceiver(uri, maxBytes, deadlines);
    request.send(receiver);
    try {
      // Jetty keeps the deadline; the grace is for the case that it should not.
      return receiver
          .answer()
          .get(deadlines.total().toMillis() + GRACE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof FetchException known
          ? known
          : new FetchException(uri, "expected an answer, found " + e.getCause(), e);
    } catch (TimeoutException e) {
      CompletableFuture<Boolean> unused = request.abort(e);
      throw new FetchException(uri, receiver.late(), e);
    } catch (InterruptedException e) {
      CompletableFuture<Boolean> unused = request.abort(e);
      Thread.currentThread().interrupt();
      throw new FetchException(uri, "interrupted while waiting for the answer", e);
    }
  }

  /** Ends open calls and all threads. */
  @Override
  public void close() {
    try {
      client.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP client did not stop", e);
    }
  }
}
