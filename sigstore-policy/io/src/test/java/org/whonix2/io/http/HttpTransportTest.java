package org.whonix2.io.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HttpTransportTest {
  private static final HttpDeadlines SHORT =
      new HttpDeadlines(Duration.ofSeconds(2), Duration.ofSeconds(2));
  private static final int LIMIT = 1_000_000;

  private static HttpTransport http;

  @BeforeAll
  static void open() {
    http = new HttpTransport(SHORT);
  }

  @AfterAll
  static void close() {
    http.close();
  }

  @Test
  void getAndPost() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/echo",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          String type = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
          exchange.getResponseHeaders().add("Content-Type", "text/x.echo");
          byte[] said =
              (exchange.getRequestMethod() + " " + type + " " + body.length).getBytes(UTF_8);
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(said);
          exchange.close();
        });
    server.start();
    try {
      URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/echo?q=%C3%BC");
      assertThat(http.fetch(uri, LIMIT)).asString(UTF_8).isEqualTo("GET null 0");
      HttpAnswer posted = http.post(uri, "application/json", new byte[70_000], LIMIT);
      assertThat(posted.body()).asString(UTF_8).isEqualTo("POST application/json 70000");
      assertThat(posted.contentType()).contains("text/x.echo");
      URI missing = uri.resolve("/missing");
      assertThat(http.get(missing, LIMIT).status()).isEqualTo(404);
      assertThatExceptionOfType(FetchException.class)
          .isThrownBy(() -> http.fetch(missing, LIMIT))
          .withMessage(missing + ": expected status 200, found 404");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void nothingIsToldAboutTheCaller() throws Exception {
    try (RawServer server =
        RawServer.saying(
            "HTTP/1.1 200 OK",
            "Set-Cookie: id=1; Path=/",
            "Content-Length: 0",
            "Connection: close",
            "",
            "")) {
      String host = "Host: " + server.uri("").getAuthority();
      http.fetch(server.uri("/a"), LIMIT);
      http.fetch(server.uri("/a"), LIMIT);
      String head = "GET /a HTTP/1.1\nUser-Agent: whonix2\n" + host + "\n";
      assertThat(server.heads()).containsExactly(head, head);
    }
  }

  /** Each: what we say of it, and what the server says. */
  @Test
  void hostileAnswers() throws Exception {
    String ok = "HTTP/1.1 200 OK";
    refused("found 1000001 announced", ok, "Content-Length: 1000001", "", "");
    refused("closed after 3 bytes", ok, "Content-Length: 10", "", "abc");
    refused("closed after 3 bytes", ok, "Transfer-Encoding: chunked", "", "3", "abc", "");
    refused("no content encoding", ok, "Content-Encoding: gzip", "", "");
    refused("expected an answer, found", ok, "Content-Length: -1", "", "");
    refused("expected an answer, found", ok, "X: " + "y".repeat(20_000), "", "");
    refused("expected an answer, found", "nonsense", "", "");
    refused("closed after 0 bytes", "");
  }

  @Test
  void aBodyOfExactlyTheLimitIsTaken() throws Exception {
    try (RawServer server =
        RawServer.saying("HTTP/1.1 200 OK", "Connection: close", "", "x".repeat(1000))) {
      assertThat(http.fetch(server.uri("/"), 1000)).hasSize(1000);
      assertThatExceptionOfType(FetchException.class)
          .isThrownBy(() -> http.fetch(server.uri("/"), 999))
          .withMessageContaining("expected at most 999 bytes, found more");
    }
  }

  @Test
  void anEndlessBodyIsStoppedAtTheLimit() throws Exception {
    AtomicLong sent = new AtomicLong();
    try (RawServer server =
        new RawServer(
            out -> {
              out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8));
              byte[] block = new byte[10_000];
              while (true) {
                out.write(block);
                sent.addAndGet(block.length);
              }
            })) {
      assertThatExceptionOfType(FetchException.class)
          .isThrownBy(() -> http.get(server.uri("/"), LIMIT))
          .withMessageContaining("expected at most " + LIMIT + " bytes, found more");
      // The connection is closed: the server cannot go on sending into the void.
      long before;
      do {
        before = sent.get();
        TimeUnit.MILLISECONDS.sleep(200);
      } while (sent.get() > before);
      assertThat(before).isLessThan(50_000_000);
    }
  }

  @Test
  void aSlowDripIsStoppedAtTheDeadline() throws Exception {
    try (RawServer server =
        new RawServer(
            out -> {
              out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".getBytes(UTF_8));
              for (int i = 0; i < 1000; i++) {
                out.write('x');
                out.flush();
                TimeUnit.MILLISECONDS.sleep(100);
              }
            })) {
      tookAtMost(
          Duration.ofSeconds(4),
          () ->
              assertThatExceptionOfType(FetchException.class)
                  .isThrownBy(() -> http.get(server.uri("/"), LIMIT))
                  .withMessageContaining("whole answer within PT2S, found it unfinished"));
    }
  }

  @Test
  void silenceIsStoppedAtTheDeadline() throws Exception {
    try (RawServer server = new RawServer(out -> TimeUnit.SECONDS.sleep(20))) {
      tookAtMost(
          Duration.ofSeconds(4),
          () ->
              assertThatExceptionOfType(FetchException.class)
                  .isThrownBy(() -> http.get(server.uri("/"), LIMIT))
                  .withMessageContaining("whole answer within PT2S"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 401, 407})
  void redirectsAndChallengesAreAnswersAndNotFollowed(int status) throws Exception {
    try (RawServer target = RawServer.saying("HTTP/1.1 200 OK", "Content-Length: 0", "", "");
        RawServer server =
            RawServer.saying(
                "HTTP/1.1 " + status + " X",
                "Location: " + target.uri("/"),
                "WWW-Authenticate: Basic realm=x",
                "Proxy-Authenticate: Basic realm=x",
                "Content-Length: 0",
                "Connection: close",
                "",
                "")) {
      assertThat(http.get(server.uri("/"), LIMIT).status()).isEqualTo(status);
      assertThat(server.heads()).hasSize(1);
      assertThat(target.heads()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "5, 5",
    "0, 0",
    "999999999, 999999999",
    "1000000000, ",
    "-1, ",
    "5s, ",
    "'Fri, 31 Dec 2027 23:59:59 GMT', ",
    "'', ",
  })
  void whenToComeAgainIsSaidInSeconds(String header, Long seconds) throws Exception {
    try (RawServer server =
        RawServer.saying(
            "HTTP/1.1 503 X",
            "Retry-After: " + header,
            "Content-Length: 0",
            "Connection: close",
            "",
            "")) {
      assertThat(http.get(server.uri("/"), LIMIT).retryAfter())
          .isEqualTo(Optional.ofNullable(seconds).map(Duration::ofSeconds));
    }
  }

  @Test
  void nobodyListens() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    assertThatExceptionOfType(FetchException.class)
        .isThrownBy(() -> http.get(URI.create("http://127.0.0.1:" + port + "/"), LIMIT))
        .withMessageContaining("expected a connection, found: Connection refused");
  }

  @Test
  void aNameWithoutAddress() {
    assertThatExceptionOfType(FetchException.class)
        .isThrownBy(() -> http.get(URI.create("http://nobody.invalid/"), LIMIT))
        .withMessageContaining("http://nobody.invalid/: expected");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://abc.onion/",
        "http://abc.ONION./x",
        "https://abc.onion:8443/x",
        "http://sub.abc.onion/",
        "http://abc.b32.i2p/",
        "http://abc.I2P/",
      })
  void hiddenNamesAreNotEvenResolved(String uri) {
    assertThatExceptionOfType(FetchException.class)
        .isThrownBy(() -> http.get(URI.create(uri), LIMIT))
        .withMessage(uri + ": needs a SOCKS proxy, not built yet");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "/relative",
        "http:///x",
        "http://user:secret@127.0.0.1/",
        "http://127.0.0.1/#fragment",
        "http://a_b.onion/",
        "http://abc.onion%2e/",
      })
  void addressesOfOtherKinds(String uri) {
    assertThatExceptionOfType(FetchException.class)
        .isThrownBy(() -> http.get(URI.create(uri), LIMIT))
        .withMessageContaining("expected");
  }

  @Test
  void aCertificateThatNobodyVouchesForIsRefused(@TempDir Path folder) throws Exception {
    HttpsServer server = selfSigned(folder);
    try {
      int port = server.getAddress().getPort();
      assertThatExceptionOfType(FetchException.class)
          .isThrownBy(() -> http.get(URI.create("https://127.0.0.1:" + port + "/"), LIMIT))
          .withMessageContaining("expected a TLS connection, found");
    } finally {
      server.stop(0);
    }
  }

  private static HttpsServer selfSigned(Path folder) throws Exception {
    Path store = folder.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1")
            .redirectErrorStream(true)
            .start();
    keytool.getInputStream().readAllBytes();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.start();
    return server;
  }

  @Test
  void allThreadsAreDaemons() throws Exception {
    try (RawServer server =
        RawServer.saying("HTTP/1.1 200 OK", "Content-Length: 0", "Connection: close", "", "")) {
      http.fetch(server.uri("/"), LIMIT);
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> thread.getName().startsWith("http"))
        .isNotEmpty()
        .allMatch(Thread::isDaemon);
  }

  private static void refused(String because, String... said) throws Exception {
    try (RawServer server = RawServer.saying(said)) {
      assertThatExceptionOfType(FetchException.class)
          .isThrownBy(() -> http.get(server.uri("/"), LIMIT))
          .withMessageStartingWith(server.uri("/") + ": ")
          .withMessageContaining(because);
    }
  }

  private static void tookAtMost(Duration limit, Runnable work) {
    long start = System.nanoTime();
    work.run();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(limit);
  }
}
