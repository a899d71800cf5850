package org.whonix2.rebuilder.repository;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;

/** The real apt with nothing of this machine's, and a web server that says what apt asked it. */
final class AptBox implements AutoCloseable {
  private final Path root;
  private final HttpServer server;
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  /**
   * @param root for apt's files
   * @param repository to serve
   */
  AptBox(Path root, Path repository) throws IOException {
    this.root = root;
    for (String folder :
        List.of("lists/partial", "cache/archives/partial", "state", "empty", "downloads")) {
      Files.createDirectories(root.resolve(folder));
    }
    Files.writeString(root.resolve("status"), "");
    Files.writeString(
        root.resolve("apt.conf"),
        """
        Dir::Etc::main "/dev/null";
        Dir::Etc::parts "@/empty";
        Dir::Etc::sourcelist "/dev/null";
        Dir::Etc::sourceparts "@/sources";
        Dir::Etc::preferences "@/preferences";
        Dir::Etc::preferencesparts "@/empty";
        Dir::Etc::trusted "/dev/null";
        Dir::Etc::trustedparts "@/empty";
        Dir::State "@/state";
        Dir::State::lists "@/lists";
        Dir::State::status "@/status";
        Dir::Cache "@/cache";
        APT::Architecture "amd64";
        APT::Sandbox::User "";
        APT::Update::Error-Mode "any";
        Acquire::Languages "none";
        Acquire::Retries "0";
        Acquire::http::Proxy "DIRECT";
        """
            .replace("@", root.toString()));
    Files.createDirectory(root.resolve("sources"));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> serve(repository, exchange));
    server.start();
  }

  private void serve(Path repository, HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath().substring(1);
    asked.add(path);
    Path file = repository.resolve(path).normalize();
    boolean there = file.startsWith(repository) && Files.isRegularFile(file);
    byte[] body = there ? Files.readAllBytes(file) : new byte[0];
    exchange.sendResponseHeaders(there ? 200 : 404, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  String url() {
    return address() + "/";
  }

  /** As apt shows it. */
  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<String> asked() {
    return List.copyOf(asked);
  }

  /** Makes this apt's first source. */
  void sources(String text) throws IOException {
    Files.writeString(root.resolve("sources/00-variants.sources"), text);
  }

  /** Adds a source, in the format of one line. */
  void source(String name, String line) throws IOException {
    Files.writeString(root.resolve("sources").resolve(name + ".list"), line);
  }

  /** What a program said and how it ended. */
  record Said(boolean succeeded, String text) {}

  Said run(String... arguments) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Outcome outcome =
        new Programs(new Cancellation())
            .run(
                Command.of(arguments)
                    .in(root.resolve("downloads"))
                    .with(Map.of("APT_CONFIG", root.resolve("apt.conf").toString())),
                new Limits(Duration.ofMinutes(1), 1 << 20),
                out);
    return new Said(outcome.succeeded(), out.toString(StandardCharsets.UTF_8));
  }

  Said update() throws IOException {
    return run("apt-get", "update");
  }

  /** Downloads a package as {@code apt-get download} does, into {@link #downloads}. */
  Said download(String what) throws IOException {
    return run("apt-get", "download", what);
  }

  Path downloads() {
    return root.resolve("downloads");
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
