package org.whonix2.server.witness;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A script of requests in Hurl's form, as far as those of litewitness use it.
 *
 * @param requests in their order
 */
record RequestScript(List<Request> requests) {
  private static final Pattern REQUEST =
      Pattern.compile(
          "POST https?://[^\\n]*/add-checkpoint\\n```\\n(?<body>.*?)```\\nHTTP (?<status>[0-9]{3})\\n"
              + "\\[Asserts\\]\\n(?:#[^\\n]*\\n)?"
              + "body (?<predicate>contains|matches|==) \"(?<value>[^\\n]*)\"\\n*",
          Pattern.DOTALL);

  /**
   * One request and what must come back.
   *
   * @param wholeBody empty where only a part of the body is told
   */
  record Request(String body, int status, Optional<String> wholeBody) {}

  static RequestScript parse(String text) {
    List<Request> requests = new ArrayList<>();
    Matcher matcher = REQUEST.matcher(text);
    int end = 0;
    while (matcher.find() && matcher.start() == end) {
      end = matcher.end();
      String value = matcher.group("value").replace("\\n", "\n");
      requests.add(
          new Request(
              matcher.group("body"),
              Integer.parseInt(matcher.group("status")),
              matcher.group("predicate").equals("==") ? Optional.of(value) : Optional.empty()));
    }
    if (end != text.length() || requests.isEmpty()) {
      throw new IllegalArgumentException("expected requests, found at " + end + ": " + text);
    }
    return new RequestScript(requests);
  }
}
