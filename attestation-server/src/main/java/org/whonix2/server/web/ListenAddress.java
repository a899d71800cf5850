package org.whonix2.server.web;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;

/** Where a listener binds: {@code host:port}, {@code [::1]:port}; port 0 lets the system choose. */
public record ListenAddress(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile("([A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}\\]):(0|[1-9][0-9]{0,4})");

  public static ListenAddress parse(String text) throws MalformedInputException {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || Integer.parseInt(form.group(2)) > 0xFFFF) {
      throw new MalformedInputException(
          "expected an address to listen on as 127.0.0.1:8080, found '" + text + "'");
    }
    return new ListenAddress(form.group(1), Integer.parseInt(form.group(2)));
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
