package org.whonix2.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.digest.Sha256;
import org.whonix2.server.TestDatabase;

/** A log that an earlier version wrote, opened by this one. */
class SchemaUpgradeTest {
  @TempDir Path folder;

  @Test
  void tablesOfBlobsAreMadeAnewAlsoWhenTheFirstStartWasCutShort() throws Exception {
    byte[] digest = Sha256.of(new byte[0]).toByteArray();
    try (Database database = TestDatabase.open(folder)) {
      Flyway.configure()
          .dataSource(database.dataSource())
          .locations("classpath:org/whonix2/server/store/schema")
          .target("6")
          .load()
          .migrate();
      Jdbi.create(database.dataSource())
          .useHandle(
              handle -> {
                handle.execute(
                    "insert into blob_name values (?, 0, 'alpha', 1, ?, 7, 100)", digest, digest);
                handle.execute("insert into indexed values ('blobs-2', 1)");
                // H2 commits each change of a table by itself.
                handle.execute("create table blob_entry (leaf_index bigint primary key)");
              });
    }
    Database database = TestDatabase.open(folder);
    try (LogStore store = LogStore.open(database, List.of())) {
      for (String table : List.of("blob_name", "blob_entry", "indexed")) {
        assertThat(
                store.<Integer>read(
                    "a test",
                    handle ->
                        handle
                            .createQuery("select count(*) from " + table)
                            .mapTo(Integer.class)
                            .one()))
            .as(table)
            .isZero();
      }
      assertThat(store.<Integer>read("a test", SchemaUpgradeTest::insert)).isEqualTo(1);
    }
  }

  private static int insert(Handle handle) {
    return handle.execute("insert into blob_entry values (0, 'alpha', 1, null, null)");
  }
}
