package org.whonix2.server.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** Sends the head of a submission and the first byte of its body, and then takes its time. */
final class SlowSender implements AutoCloseable {
  private final URI server;
  private final Socket socket;

  SlowSender(URI server) throws IOException {
    this.server = server;
    this.socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
    String head =
        "POST /api/v1/attestations HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
  }

  /** Sends a byte every half second until there is an answer. */
  HttpResponse<byte[]> dripUntilAnswered() throws IOException, InterruptedException {
    InputStream in = socket.getInputStream();
    for (int i = 0; i < 100 && in.available() == 0; i++) {
      socket.getOutputStream().write(' ');
      Thread.sleep(500);
    }
    socket.setSoTimeout(20_000);
    return RawRequest.parse(server, in.readAllBytes());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
