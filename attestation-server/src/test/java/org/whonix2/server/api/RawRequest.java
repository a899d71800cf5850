package org.whonix2.server.api;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLSession;

/** Requests that a well-behaved client would not send, byte for byte. */
final class RawRequest {
  private RawRequest() {}

  static HttpResponse<byte[]> get(URI server, String target) throws IOException {
    return send(server, "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  static HttpResponse<byte[]> send(URI server, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      try (InputStream in = socket.getInputStream()) {
        return parse(server, in.readAllBytes());
      }
    }
  }

  static HttpResponse<byte[]> parse(URI server, byte[] answer) {
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    List<String> head = List.of(text.substring(0, end).split("\r\n", -1));
    Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line : head.subList(1, head.size())) {
      String[] field = line.split(":", 2);
      fields.put(field[0], List.of(field[1].strip()));
    }
    return new Answer(
        Integer.parseInt(head.get(0).split(" ", -1)[1]),
        HttpHeaders.of(fields, (name, value) -> true),
        Arrays.copyOfRange(answer, end + 4, answer.length),
        server);
  }

  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Answer(int statusCode, HttpHeaders headers, byte[] body, URI uri)
      implements HttpResponse<byte[]> {
    @Override
    public HttpRequest request() {
      return HttpRequest.newBuilder(uri).build();
    }

    @Override
    public Optional<HttpResponse<byte[]>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public Optional<SSLSession> sslSession() {
      return Optional.empty();
    }

    @Override
    public HttpClient.Version version() {
      return HttpClient.Version.HTTP_1_1;
    }
  }
}
