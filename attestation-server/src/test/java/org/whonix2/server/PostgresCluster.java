package org.whonix2.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.whonix2.core.digest.Sha256;
import org.whonix2.server.store.DatabaseLocation;

/**
 * Debian's PostgreSQL 15 with files of its own, by a user without privileges, on a free port. It
 * ends with this process, however this process ends.
 */
public final class PostgresCluster implements AutoCloseable {
  public static final String USER = "log";

  private static final Path PROGRAMS = Path.of("/usr/lib/postgresql/15/bin");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The standard input is a pipe from this process: it ends when this process does. */
  private static final String SCRIPT =
      """
      set -eu
      folder=$1
      cd "$folder"
      [ -e data ] || "$2/initdb" -D data --username=log --pwfile=password --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C --no-sync >initdb.log 2>&1
      shift 2
      "$@" >>server.log 2>&1 &
      server=$!
      trap : INT TERM HUP
      cat >/dev/null
      kill -INT $server 2>/dev/null || true
      wait $server || true
      cd /
      rm -rf "$folder"
      """;

  private final Path folder;
  private final int port;
  private final String password;
  private final Process process;

  private PostgresCluster(Path folder, int port, String password, Process process) {
    this.folder = folder;
    this.port = port;
    this.password = password;
    this.process = process;
  }

  /** The one that all tests of this process share, each with a schema of its own. */
  public static PostgresCluster shared() {
    return Shared.CLUSTER;
  }

  private static final class Shared {
    private static final PostgresCluster CLUSTER = start(Map.of());
  }

  /** A new one with these settings. */
  public static PostgresCluster start(Map<String, String> settings) {
    try {
      Path folder = Files.createTempDirectory("whonix2-postgres");
      String password = HexFormat.of().formatHex(new SecureRandom().generateSeed(16));
      Files.writeString(folder.resolve("password"), password + "\n");
      if (isRoot()) {
        UserPrincipal user =
            folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner());
        Files.setOwner(folder, user);
        Files.setOwner(folder.resolve("password"), user);
      }
      return serve(folder, password, settings, List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /** PostgreSQL refuses to run as root; the package makes this user. */
  private static String owner() {
    return "postgres";
  }

  private static PostgresCluster serve(
      Path folder, String password, Map<String, String> settings, List<String> tracer)
      throws IOException {
    if (!Files.isExecutable(PROGRAMS.resolve("postgres"))) {
      throw new IllegalStateException(
          PROGRAMS + " is not there: run scripts/setup, or apt-get install postgresql-15");
    }
    int port = freePort();
    Map<String, String> all =
        new TreeMap<>(
            Map.of(
                "listen_addresses", "127.0.0.1",
                "port", String.valueOf(port),
                "unix_socket_directories", "",
                "max_connections", "300",
                "shared_buffers", "32MB"));
    all.putAll(settings);
    List<String> line = new ArrayList<>();
    if (isRoot()) {
      line.addAll(
          List.of(
              "setpriv",
              "--reuid=" + owner(),
              "--regid=" + owner(),
              "--clear-groups",
              "--inh-caps=-all",
              "--"));
    }
    line.addAll(List.of("sh", "-c", SCRIPT, "sh", folder.toString(), PROGRAMS.toString()));
    line.addAll(tracer);
    line.addAll(List.of(PROGRAMS.resolve("postgres").toString(), "-D", "data"));
    all.forEach((name, value) -> line.addAll(List.of("-c", name + "=" + value)));
    Process process =
        new ProcessBuilder(line)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    PostgresCluster cluster = new PostgresCluster(folder, port, password, process);
    cluster.awaitReady();
    return cluster;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady() throws IOException {
    Instant giveUp = Instant.now().plus(PATIENCE);
    for (; ; ) {
      try {
        DriverManager.getConnection(url(), USER, password).close();
        return;
      } catch (SQLException e) {
        if (!process.isAlive() || Instant.now().isAfter(giveUp)) {
          close();
          throw new IOException("PostgreSQL did not start:\n" + log(), e);
        }
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private String log() throws IOException {
    StringBuilder log = new StringBuilder();
    for (String file : List.of("initdb.log", "server.log")) {
      if (Files.exists(folder.resolve(file))) {
        log.append(Files.readString(folder.resolve(file), StandardCharsets.UTF_8));
      }
    }
    return log.toString();
  }

  private String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  /** An empty schema, the same for the same name. */
  public DatabaseLocation.Postgres schema(String name) {
    String schema = "t" + Sha256.of(name.getBytes(StandardCharsets.UTF_8)).toString();
    schema = schema.substring(0, 20);
    execute("create schema if not exists " + schema);
    return new DatabaseLocation.Postgres(url() + "?currentSchema=" + schema, USER, password);
  }

  /** Executes this as the database's owner. */
  public void execute(String sql) {
    try (Connection connection = DriverManager.getConnection(url(), USER, password);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first value of the first row. */
  public String ask(String sql) {
    try (Connection connection = DriverManager.getConnection(url(), USER, password);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Holds the password, one line. */
  public Path passwordFile() {
    return folder.resolve("password");
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        throw new IOException("PostgreSQL did not stop");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
