package org.whonix2.io.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.whonix2.core.Quoted;

/**
 * A server's own words about an error (RFC 9457). They are for people, so they are read leniently
 * and shown bounded, without control characters.
 */
public final class ProblemDetails {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private ProblemDetails() {}

  /** The status, and what else the answer says. */
  public static String describe(HttpAnswer answer) {
    return "status " + answer.status() + words(answer.contentType().orElse(""), answer.body());
  }

  /** What a body of that type says, after a comma; empty where it is no problem. */
  public static String words(String contentType, byte[] body) {
    if (!contentType.startsWith("application/problem+json")) {
      return "";
    }
    try {
      JsonNode problem = MAPPER.readTree(body);
      return said(problem, "title") + said(problem, "detail");
    } catch (JsonProcessingException e) {
      return ", with problem details that are not JSON";
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory could not be read", e);
    }
  }

  private static String said(JsonNode problem, String member) {
    String text = problem.path(member).asText("");
    return text.isEmpty() ? "" : ", " + Quoted.of(text);
  }
}
