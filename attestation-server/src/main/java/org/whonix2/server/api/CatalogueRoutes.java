package org.whonix2.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.eclipse.jetty.http.HttpStatus;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.TextParser;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.server.catalogue.Catalogue;
import org.whonix2.server.catalogue.Outcome;
import org.whonix2.server.catalogue.Page;
import org.whonix2.server.catalogue.RebuildQuery;
import org.whonix2.server.catalogue.Window;
import org.whonix2.server.sequencer.Publisher;
import org.whonix2.server.store.StoreException;
import org.whonix2.server.web.Problem;
import org.whonix2.server.web.ReadRoute;

/** Questions about packages: pages of what the published checkpoint covers, in the log's order. */
final class CatalogueRoutes {
  private static final Set<String> PAGED = Set.of(Parameters.AFTER, Parameters.LIMIT);

  private final Catalogue catalogue;
  private final Publisher publisher;

  CatalogueRoutes(Catalogue catalogue, Publisher publisher) {
    this.catalogue = catalogue;
    this.publisher = publisher;
  }

  /** A route whose request may be malformed. */
  @FunctionalInterface
  private interface Route {
    void answer(Context context) throws IOException, MalformedInputException;
  }

  void register(RoutesConfig routes) {
    ReadRoute.add(routes, "/api/v1/attestations", strict(this::attestations));
    ReadRoute.add(routes, "/api/v1/artifacts/{sha256}", strict(this::artifact));
    ReadRoute.add(routes, "/api/v1/packages", strict(this::sources));
    ReadRoute.add(routes, "/api/v1/packages/{source}", strict(this::versions));
    ReadRoute.add(routes, "/api/v1/packages/{source}/{version}", strict(this::version));
    // Suites may have slashes in their names.
    ReadRoute.add(routes, "/api/v1/snapshots/<suite>", strict(this::snapshots));
  }

  private static Handler strict(Route route) {
    return context -> {
      try {
        route.answer(context);
      } catch (MalformedInputException e) {
        new Problem(HttpStatus.BAD_REQUEST_400, String.valueOf(e.getMessage())).answer(context);
      }
    };
  }

  private void attestations(Context context) throws IOException, MalformedInputException {
    Set<String> known = new TreeSet<>(PAGED);
    known.addAll(
        Set.of(
            "source",
            "binary",
            "version",
            "architecture",
            "rebuilder",
            "toolchain",
            "compilerRoot",
            "result"));
    Parameters parameters = Parameters.parse(context.queryString(), known);
    RebuildQuery query =
        new RebuildQuery(
            parameters.parsed("source", PackageName::parse),
            parameters.parsed("binary", PackageName::parse),
            parameters.parsed("version", PackageVersion::parse),
            parameters.parsed("architecture", Architecture::parse),
            parameters.parsed("rebuilder", Fingerprint::parse),
            parameters.parsed("toolchain", Parameters::token),
            parameters.parsed("compilerRoot", Parameters::token),
            parameters.parsed("result", Outcome::parse));
    Window window = parameters.window(catalogue.known(publisher.latest().size()));
    answer(
        context,
        start(window),
        "attestations",
        catalogue.rebuilds(query, window),
        EntryJson::writeRebuild);
  }

  private void artifact(Context context) throws IOException, MalformedInputException {
    Sha256 digest = inPath(context, "sha256", Sha256::parse);
    Asked asked = asked(context);
    Window window = asked.window();
    if (!catalogue.has(digest, window.size())) {
      notFound(context, asked, "nobody said that an artifact came out with the SHA-256 " + digest);
      return;
    }
    ObjectNode json = start(window).put("sha256", digest.toString());
    answer(
        context, json, "attestations", catalogue.rebuilds(digest, window), EntryJson::writeRebuild);
  }

  private void sources(Context context) throws IOException, MalformedInputException {
    Window window = asked(context).window();
    answer(
        context,
        start(window),
        "packages",
        catalogue.sources(window),
        (seen, node) -> node.put("source", seen.what().value()).put("first", seen.index()));
  }

  private void versions(Context context) throws IOException, MalformedInputException {
    PackageName source = inPath(context, "source", PackageName::parse);
    Asked asked = asked(context);
    Window window = asked.window();
    if (!catalogue.has(source, window.size())) {
      notFound(context, asked, "nobody rebuilt the source " + source);
      return;
    }
    answer(
        context,
        start(window).put("source", source.value()),
        "versions",
        catalogue.versions(source, window),
        (seen, node) -> node.put("version", seen.what().value()).put("first", seen.index()));
  }

  private void version(Context context) throws IOException, MalformedInputException {
    PackageName source = inPath(context, "source", PackageName::parse);
    PackageVersion version = inPath(context, "version", PackageVersion::parse);
    Asked asked = asked(context);
    Window window = asked.window();
    if (!catalogue.has(source, version, window.size())) {
      notFound(context, asked, "nobody rebuilt version " + version + " of the source " + source);
      return;
    }
    ObjectNode json = start(window).put("source", source.value()).put("version", version.value());
    answer(
        context,
        json,
        "attestations",
        catalogue.rebuilds(RebuildQuery.of(source, version), window),
        EntryJson::writeRebuild);
  }

  private void snapshots(Context context) throws IOException, MalformedInputException {
    String suite = inPath(context, "suite", Parameters::token);
    Window window = asked(context).window();
    answer(
        context,
        start(window).put("suite", suite),
        "snapshots",
        catalogue.snapshots(suite, window),
        EntryJson::writeSnapshot);
  }

  private static <T> T inPath(Context context, String name, TextParser<T> parser)
      throws MalformedInputException {
    return Parameters.parse(name, context.pathParam(name), parser);
  }

  /**
   * What is asked for.
   *
   * @param published size of the tree that the window should be of
   */
  private record Asked(Window window, long published) {
    boolean isOfAll() {
      return window.size() == published;
    }
  }

  private Asked asked(Context context) throws MalformedInputException, StoreException {
    long published = publisher.latest().size();
    Parameters parameters = Parameters.parse(context.queryString(), PAGED);
    return new Asked(parameters.window(catalogue.known(published)), published);
  }

  private static ObjectNode start(Window window) {
    return JsonNodeFactory.instance.objectNode().put("size", window.size());
  }

  private static <T> void answer(
      Context context,
      ObjectNode json,
      String name,
      Page<T> page,
      BiConsumer<T, ObjectNode> write) {
    ArrayNode items = json.putArray(name);
    page.items().forEach(item -> write.accept(item, items.addObject()));
    page.next().ifPresent(next -> json.put("next", next));
    context
        .contentType("application/json")
        .header("Cache-Control", "no-cache")
        .result(json.toString());
  }

  /** Where only a smaller tree than the published one is known, nobody has said it yet. */
  private static void notFound(Context context, Asked asked, String detail) {
    if (!asked.isOfAll()) {
      Problem.tryLater(
          context,
          "many entries come in, and only the first "
              + asked.window().size()
              + " can be asked about yet");
      return;
    }
    new Problem(HttpStatus.NOT_FOUND_404, detail).answer(context);
  }
}
