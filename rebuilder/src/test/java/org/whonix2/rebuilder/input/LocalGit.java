package org.whonix2.rebuilder.input;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** A folder of Git repositories, made by the real git and served by its own http-backend. */
final class LocalGit implements AutoCloseable {
  private static final Path BACKEND = Path.of("/usr/lib/git-core/git-http-backend");

  private final Path folder;
  private final HttpServer server;

  LocalGit(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serve);
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
  }

  String http(String repository) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + repository;
  }

  String file(String repository) {
    return "file://" + folder.resolve(repository);
  }

  /** A new repository. */
  Repository repository(String name, String... options) throws IOException {
    List<String> init = new ArrayList<>(List.of("git", "init", "--quiet"));
    init.addAll(List.of(options));
    init.add(name);
    LocalArchive.run(folder, init.toArray(new String[0]));
    return new Repository(folder.resolve(name));
  }

  /** One with a work tree. */
  record Repository(Path tree) {
    /** Runs git, without any configuration but the repository's. */
    String git(String... arguments) throws IOException {
      List<String> all =
          new ArrayList<>(
              List.of(
                  "env",
                  "-i",
                  "PATH=/usr/bin:/bin",
                  "HOME=/nonexistent",
                  "GIT_CONFIG_NOSYSTEM=1",
                  "GIT_AUTHOR_DATE=1767225600 +0000",
                  "GIT_COMMITTER_DATE=1767229200 +0100",
                  "git",
                  "-c",
                  "user.name=N",
                  "-c",
                  "user.email=n@example.org",
                  "-c",
                  "protocol.file.allow=always"));
      all.addAll(List.of(arguments));
      return LocalArchive.run(tree, all.toArray(new String[0])).strip();
    }

    Path write(String name, String text) throws IOException {
      Path file = tree.resolve(name);
      Files.createDirectories(file.resolveSibling("."));
      return Files.writeString(file, text);
    }

    void commit() throws IOException {
      git("add", "--all");
      git("commit", "--quiet", "--message", "More.");
    }

    /** A signed annotated tag of whatever. */
    void tag(String name, TestKey key, String... what) throws IOException {
      List<String> all =
          new ArrayList<>(
              List.of("-c", "gpg.program=" + key.program(), "tag", "-u", key.fingerprint()));
      all.addAll(List.of("-m", "Release " + name, name));
      all.addAll(List.of(what));
      git(all.toArray(new String[0]));
    }

    /** Writes an object that git itself would not make, and gives its id. */
    String object(String type, byte[] content) throws IOException {
      Path file = Files.write(tree.resolve(".git/made-object"), content);
      return git("hash-object", "-w", "-t", type, "--literally", file.toString());
    }

    String object(String type, String content) throws IOException {
      return object(type, content.getBytes(StandardCharsets.ISO_8859_1));
    }

    String id(String revision) throws IOException {
      return git("rev-parse", "--verify", revision);
    }
  }

  /** A bridge to a CGI program (RFC 3875). */
  private void serve(HttpExchange exchange) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(BACKEND.toString());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("PATH", "/usr/bin:/bin");
    environment.put("HOME", "/nonexistent");
    environment.put("GIT_CONFIG_COUNT", "1");
    environment.put("GIT_CONFIG_KEY_0", "safe.directory");
    environment.put("GIT_CONFIG_VALUE_0", "*");
    environment.put("GIT_PROJECT_ROOT", folder.toString());
    environment.put("GIT_HTTP_EXPORT_ALL", "1");
    environment.put("REQUEST_METHOD", exchange.getRequestMethod());
    environment.put("PATH_INFO", exchange.getRequestURI().getPath());
    String query = exchange.getRequestURI().getRawQuery();
    environment.put("QUERY_STRING", query == null ? "" : query);
    for (Map.Entry<String, String> header :
        Map.of(
                "Content-Type", "CONTENT_TYPE",
                "Content-Encoding", "HTTP_CONTENT_ENCODING",
                "Git-Protocol", "HTTP_GIT_PROTOCOL")
            .entrySet()) {
      String value = exchange.getRequestHeaders().getFirst(header.getKey());
      if (value != null) {
        environment.put(header.getValue(), value);
      }
    }
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (exchange;
        var in = new BufferedInputStream(process.getInputStream())) {
      try (var out = process.getOutputStream()) {
        exchange.getRequestBody().transferTo(out);
      }
      int status = 200;
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        String[] header = line.split(": ", 2);
        if (header[0].equals("Status")) {
          status = Integer.parseInt(header[1].substring(0, 3));
        } else {
          exchange.getResponseHeaders().add(header[0], header[1]);
        }
      }
      exchange.sendResponseHeaders(status, 0);
      in.transferTo(exchange.getResponseBody());
    } finally {
      process.destroy();
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
