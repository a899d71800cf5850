package org.whonix2.server.store;

import java.io.IOException;
import java.nio.file.Path;

/** Where a log's database is, and what it takes to open it. */
public sealed interface DatabaseLocation {
  Database open() throws IOException;

  /** In files below this folder, for one process at a time. */
  record Embedded(Path folder) implements DatabaseLocation {
    @Override
    public Database open() throws IOException {
      return H2Database.open(folder);
    }
  }

  /**
   * On a PostgreSQL server, for as many processes as there are.
   *
   * @param url as {@code jdbc:postgresql://host:port/name?sslmode=verify-full}
   * @param user empty for the driver's default, the system's user
   * @param password empty where the server asks for none
   */
  record Postgres(String url, String user, String password) implements DatabaseLocation {
    private static final String SCHEME = "jdbc:postgresql:";

    /**
     * @throws IllegalArgumentException if the URL is for another database, or tells a secret
     */
    public Postgres {
      if (!url.startsWith(SCHEME)) {
        throw new IllegalArgumentException(
            "expected a database as " + SCHEME + "//host:port/name, found another kind of address");
      }
      if (url.contains("password=")) {
        // Every user of the machine can read a command line.
        throw new IllegalArgumentException("expected no password in the database's address");
      }
    }

    @Override
    public Database open() throws StoreException {
      return PostgresDatabase.open(this);
    }

    @Override
    public String toString() {
      return url + " as " + (user.isEmpty() ? "the system's user" : user);
    }
  }
}
