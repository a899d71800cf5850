package org.whonix2.io.http;

import java.net.URI;
import java.net.URISyntaxException;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** A server's address as a user gives it: http or https, a host, no query. */
public final class ServerAddress {
  private ServerAddress() {}

  public static URI parse(String text) throws MalformedInputException {
    try {
      URI uri = new URI(text);
      String scheme = uri.getScheme();
      boolean web = "http".equals(scheme) || "https".equals(scheme);
      if (web
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new MalformedInputException(
          "expected a server's address such as https://log.example.org, found " + Quoted.of(text),
          e);
    }
    throw new MalformedInputException(
        "expected a server's address such as https://log.example.org, found " + Quoted.of(text));
  }

  /** Where a path of that server is, such as {@code api/v1/attestations}. */
  public static URI resolve(URI server, String path) {
    String base = server.toString();
    return URI.create(base + (base.endsWith("/") ? "" : "/") + path);
  }
}
