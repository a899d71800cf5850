package org.whonix2.rebuilder.publish;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.whonix2.core.digest.Sha256;

/** The part of a log server that keeps files, as this program sees it. */
public final class BlobServer {
  /** What it has, by digest. */
  public final Map<String, byte[]> kept = new ConcurrentHashMap<>();

  /** The status that a file with this digest is refused with. */
  public final Map<String, Integer> refused = new ConcurrentHashMap<>();

  /** What a file with this digest is answered at first. */
  public final Map<String, Later> later = new ConcurrentHashMap<>();

  /** An answer, for so many times, and what it says of when to come again. */
  public record Later(int status, String retryAfter, int times) {}

  /** Methods and the first digits of digests, in their order. */
  public final List<String> asked = new ArrayList<>();

  /** Serves below this path. */
  public void register(HttpServer server, String prefix) {
    server.createContext(prefix + "/api/v1/blobs/", this::answer);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String digest = path.substring(path.lastIndexOf('/') + 1);
      asked.add(exchange.getRequestMethod() + " " + digest.substring(0, 4));
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(kept.containsKey(digest) ? 200 : 404, -1);
      } else if (later.containsKey(digest)) {
        Later each = later.get(digest);
        later.computeIfPresent(
            digest,
            (key, value) ->
                value.times() == 1
                    ? null
                    : new Later(value.status(), value.retryAfter(), value.times() - 1));
        exchange.getResponseHeaders().set("Retry-After", each.retryAfter());
        exchange.sendResponseHeaders(each.status(), -1);
      } else if (refused.containsKey(digest)) {
        byte[] why = "{\"title\": \"No\", \"detail\": \"why\"}".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
        exchange.sendResponseHeaders(refused.get(digest), why.length);
        exchange.getResponseBody().write(why);
      } else if (!Sha256.of(body).toString().equals(digest)) {
        exchange.sendResponseHeaders(422, -1);
      } else {
        kept.put(digest, body);
        exchange.sendResponseHeaders(201, -1);
      }
    }
  }
}
