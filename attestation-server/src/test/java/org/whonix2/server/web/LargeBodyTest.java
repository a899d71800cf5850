package org.whonix2.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.assertProblem;
import static org.whonix2.server.Answers.header;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.whonix2.server.TestLog;

/** Whoever drips, in or out, keeps no place. */
@Timeout(60)
class LargeBodyTest {
  private static final Duration GRACE = Duration.ofMillis(300);
  private static final long GIBIBYTE = 1L << 30;
  private static final byte[] LARGE = new byte[16 << 20];

  private final CountDownLatch left = new CountDownLatch(2);
  private WebListener listener;

  @BeforeEach
  void listen() throws IOException {
    listener =
        WebListener.start(
            "large",
            new ListenAddress("127.0.0.1", 0),
            routes -> {
              routes.put("/", context -> LargeBody.receive(context, GRACE, LargeBodyTest::length));
              routes.get("/", this::send);
              routes.get("/large", context -> context.result(LARGE));
              routes.get("/small", context -> context.result("small"));
            });
  }

  @AfterEach
  void close() {
    listener.close();
  }

  private static long length(InputStream body) throws IOException {
    long length = 0;
    byte[] step = new byte[1_000];
    for (int count = body.read(step); count >= 0; count = body.read(step)) {
      length += count;
    }
    return length;
  }

  private void send(Context context) throws IOException {
    try (InputStream zeros = new Zeros()) {
      LargeBody.send(context, GRACE, zeros, GIBIBYTE);
    } finally {
      left.countDown();
    }
  }

  private static final class Zeros extends InputStream {
    @Override
    public int read() {
      return 0;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      return length;
    }
  }

  private Socket request(String method, String path) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.address().getPort()));
    String head =
        "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".formatted(method, path)
            + (method.equals("PUT") ? "Content-Length: " + GIBIBYTE + "\r\n" : "")
            + "\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void sendersWhoDripAreToldSoWhateverLengthTheyAnnounce() throws Exception {
    List<Socket> senders = List.of(request("PUT", "/"), request("PUT", "/"));
    for (Socket sender : senders) {
      while (sender.getInputStream().available() == 0) {
        sender.getOutputStream().write(0);
        Thread.sleep(20);
      }
      byte[] answer = sender.getInputStream().readNBytes(12);
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 408");
      sender.close();
    }
  }

  @Test
  void readersWhoDripAreLeftWhileAWriteWaitsForThem() throws Exception {
    List<Socket> readers = new ArrayList<>(List.of(request("GET", "/"), request("GET", "/")));
    while (!left.await(20, TimeUnit.MILLISECONDS)) {
      for (Socket reader : readers) {
        assertThat(reader.getInputStream().read()).isNotNegative();
      }
    }
    for (Socket reader : readers) {
      reader.close();
    }
  }

  @Test
  void readersOfLargeAnswersLeaveThreadsToEverybodyElse() throws Exception {
    List<Socket> readers = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      readers.add(request("GET", "/large"));
    }
    HttpResponse<byte[]> refused = get("/large");
    assertProblem(refused, 503, "too many");
    assertThat(header(refused, "Retry-After")).isEqualTo("5");
    assertThat(get("/small").statusCode()).isEqualTo(200);
    for (Socket reader : readers) {
      reader.close();
    }
    while (get("/large").statusCode() != 200) {
      Thread.sleep(20);
    }
    assertThat(get("/large").body()).isEqualTo(LARGE);
  }

  private HttpResponse<byte[]> get(String path) {
    return TestLog.send(HttpRequest.newBuilder(listener.address().resolve(path)));
  }
}
