package org.whonix2.server.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.http.HttpStatus;

/**
 * Problem details (RFC 9457) with the type {@code about:blank}: the title is the status's own
 * phrase, the detail says what was expected and what was found.
 */
public record Problem(int status, String detail) {
  static final String CONTENT_TYPE = "application/problem+json";

  private static final Duration SOON = Duration.ofSeconds(5);

  /** The answer is that the moment does not suit, and that the next one may. */
  public static void tryLater(Context context, String detail) {
    new Problem(HttpStatus.SERVICE_UNAVAILABLE_503, detail).answer(context, SOON);
  }

  /**
   * The answer to a request is this problem.
   *
   * @param later after what time the same request may be answered otherwise
   */
  public void answer(Context context, Duration later) {
    // Rounded up: whoever comes back in time is not too early.
    context.header("Retry-After", String.valueOf(later.plusNanos(999_999_999).toSeconds()));
    answer(context);
  }

  /** The answer to a request is this problem. */
  public void answer(Context context) {
    context
        .status(status)
        .contentType(CONTENT_TYPE)
        .header("Cache-Control", "no-store")
        .result(toBytes());
  }

  byte[] toBytes() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("type", "about:blank");
    json.put("title", HttpStatus.getMessage(status));
    json.put("status", status);
    json.put("detail", detail);
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }
}
