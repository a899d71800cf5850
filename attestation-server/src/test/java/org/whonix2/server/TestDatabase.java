package org.whonix2.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.whonix2.server.store.Database;
import org.whonix2.server.store.DatabaseLocation;

/**
 * The database that this run of the tests is about: H2, or PostgreSQL if the system property {@code
 * whonix2.test.database} says so.
 */
public final class TestDatabase {
  public static final boolean IS_POSTGRES =
      System.getProperty("whonix2.test.database", "h2").equals("postgresql");

  private TestDatabase() {}

  /** One that is this folder's own, the same at each call. */
  public static DatabaseLocation of(Path folder) {
    return IS_POSTGRES
        ? PostgresCluster.shared().schema(folder.toString())
        : new DatabaseLocation.Embedded(folder);
  }

  public static Database open(Path folder) throws IOException {
    return of(folder).open();
  }

  /** What a command is told to use it. */
  public static List<String> arguments(Path folder) {
    return of(folder) instanceof DatabaseLocation.Postgres postgres
        ? List.of(
            "--database",
            postgres.url(),
            "--database-user",
            postgres.user(),
            "--database-password-file",
            PostgresCluster.shared().passwordFile().toString())
        : List.of();
  }
}
