package org.whonix2.server.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;

/**
 * A route for {@code GET} and {@code HEAD}, which has the same answer but for its body (RFC 9110,
 * section 9.3.2). By itself Javalin answers HEAD with 200 wherever there is a GET.
 */
public final class ReadRoute {
  private ReadRoute() {}

  public static void add(RoutesConfig routes, String path, Handler handler) {
    routes.get(path, handler);
    routes.head(path, handler);
  }
}
