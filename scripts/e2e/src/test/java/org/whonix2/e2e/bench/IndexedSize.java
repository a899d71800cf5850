package org.whonix2.e2e.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** For the tree of which size a log answers questions; a server that is none has no such size. */
final class IndexedSize {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final URI server;

  IndexedSize(URI server) {
    this.server = server;
  }

  /** Returns when questions are answered for all that the log has. */
  void await() throws IOException, InterruptedException {
    HttpResponse<String> checkpoint = get("/checkpoint");
    if (checkpoint.statusCode() == 404) {
      return;
    }
    long size = Long.parseLong(checkpoint.body().split("\n", -1)[1]);
    long known = 0;
    while (known < size) {
      String answer = get("/api/v1/packages?limit=1").body();
      known = new ObjectMapper().readTree(answer).get("size").asLong();
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(server.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
  }
}
