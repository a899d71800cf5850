package org.whonix2.rebuilder.apt;

import java.util.Optional;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;

/**
 * Which source a user asks for: {@code net-tools} (the suite's newest) or {@code
 * net-tools=2.10-0.1+deb12u2}.
 */
public record SourceRequest(String name, Optional<String> version) {
  /** Debian policy, section 5.6.1. */
  static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9+.-]{1,99}");

  /** Debian policy, section 5.6.12. */
  static final Pattern VERSION = Pattern.compile("(?:[0-9]{1,9}:)?[0-9][A-Za-z0-9.+~:-]{0,99}");

  public SourceRequest {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalStateException("not a source package's name: " + name);
    }
  }

  public static SourceRequest parse(String text) throws MalformedInputException {
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    if (!NAME.matcher(name).matches()) {
      throw new MalformedInputException(
          "expected a source package's name such as net-tools, found '" + name + "'");
    }
    if (equals < 0) {
      return new SourceRequest(name, Optional.empty());
    }
    String version = text.substring(equals + 1);
    if (!VERSION.matcher(version).matches()) {
      throw new MalformedInputException("expected a Debian version, found '" + version + "'");
    }
    return new SourceRequest(name, Optional.of(version));
  }

  @Override
  public String toString() {
    return name + version.map(v -> "=" + v).orElse("");
  }
}
