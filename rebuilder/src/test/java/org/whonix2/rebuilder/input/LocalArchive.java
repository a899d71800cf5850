package org.whonix2.rebuilder.input;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;

/**
 * A small archive of one suite, made by dpkg-deb, dpkg-source, apt-ftparchive and gpg, and served
 * by a web server of its own.
 */
public final class LocalArchive implements AutoCloseable {
  static final String SUITE = "tiny";

  private final Path folder;
  private final String suite;
  private final HttpServer server;

  LocalArchive(Path folder) throws IOException {
    this(folder, SUITE);
  }

  public LocalArchive(Path folder, String suite) throws IOException {
    this.suite = suite;
    this.folder = Files.createDirectories(folder);
    Files.createDirectories(folder.resolve("pool"));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          Path file = folder.resolve(exchange.getRequestURI().getPath().substring(1)).normalize();
          boolean there = file.startsWith(folder) && Files.isRegularFile(file);
          byte[] body = there ? Files.readAllBytes(file) : new byte[0];
          exchange.sendResponseHeaders(there ? 200 : 404, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  Path pool() {
    return folder.resolve("pool");
  }

  Path folder() {
    return folder;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  /** Runs a program to its success and gives what it said. */
  public static String run(Path in, String... arguments) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    Outcome outcome =
        new Programs(new Cancellation())
            .run(
                Command.of(arguments).in(in),
                new Limits(Duration.ofMinutes(2), 64 << 20),
                out,
                errors);
    if (!outcome.succeeded()) {
      throw new IOException(List.of(arguments) + ": " + errors.toString(StandardCharsets.UTF_8));
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Adds a package; each content is {@code path=text-or-file}. */
  public void addDeb(String control, Path... trees) throws IOException {
    Path tree = Files.createTempDirectory("deb");
    for (Path more : trees) {
      run(tree, "cp", "-a", more + "/.", tree.toString());
    }
    Path debian = Files.createDirectories(tree.resolve("DEBIAN"));
    Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(
        debian.resolve("control"), control + "Maintainer: N <n@example.org>\nDescription: d\n");
    run(tree, "dpkg-deb", "--root-owner-group", "--build", tree.toString(), pool().toString());
    run(tree.resolveSibling("."), "rm", "-rf", tree.toString());
  }

  void addDeb(String name, String version, String architecture) throws IOException {
    addDeb("Package: %s\nVersion: %s\nArchitecture: %s\n".formatted(name, version, architecture));
  }

  /** Writes the indices anew. */
  public void index() throws IOException {
    Path dist = folder.resolve("dists/" + suite);
    run(folder, "rm", "-rf", dist.toString());
    Path binary = Files.createDirectories(dist.resolve("main/binary-amd64"));
    Path source = Files.createDirectories(dist.resolve("main/source"));
    Files.writeString(
        binary.resolve("Packages"), run(folder, "apt-ftparchive", "packages", "pool"));
    Files.writeString(source.resolve("Sources"), run(folder, "apt-ftparchive", "sources", "pool"));
    release("");
  }

  /** Writes the Release file anew, over indices as they are. */
  void release(String more) throws IOException {
    Path dist = folder.resolve("dists/" + suite);
    Files.deleteIfExists(dist.resolve("Release"));
    Files.deleteIfExists(dist.resolve("InRelease"));
    String digests = run(folder, "apt-ftparchive", "release", "dists/" + suite);
    Files.writeString(
        dist.resolve("Release"),
        "Origin: Debian\nSuite: %1$s\nCodename: %1$s\nArchitectures: amd64\nComponents: main\n"
                .formatted(suite)
            + (more.isEmpty() ? digests : digests.replaceFirst("Date: .*\n", more)));
  }

  /** As {@link #index}, of a time that has passed. */
  void indexOfThePast() throws IOException {
    index();
    release("Date: Tue, 30 Dec 2025 00:00:00 UTC\nValid-Until: Thu, 01 Jan 2026 00:00:00 UTC\n");
  }

  /** Signs what {@link #index} wrote. */
  public void sign(TestKey key) throws IOException {
    Path dist = folder.resolve("dists/" + suite);
    Files.write(
        dist.resolve("InRelease"), key.clearsign(Files.readAllBytes(dist.resolve("Release"))));
    Files.delete(dist.resolve("Release"));
  }
}
