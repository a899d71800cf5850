package org.whonix2.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2DatabaseTest {
  @TempDir Path folder;

  /** Counts what H2 writes by threads that it made for that. */
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the file's own need no lock
  public static final class OwnThreads extends FilePathWrapper {
    static final AtomicInteger WROTE = new AtomicInteger();

    @Override
    public String getScheme() {
      return "own-threads";
    }

    @Override
    public FileChannel open(String mode) throws IOException {
      FileChannel base = getBase().open(mode);
      return new FileBaseDefault() {
        @Override
        public int write(ByteBuffer source, long position) throws IOException {
          String thread = Thread.currentThread().getName();
          if (thread.startsWith("H2-") || thread.startsWith("MVStore")) {
            WROTE.incrementAndGet();
          }
          return base.write(source, position);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
          return base.read(target, position);
        }

        @Override
        public long size() throws IOException {
          return base.size();
        }

        @Override
        public void force(boolean metaData) throws IOException {
          base.force(metaData);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
          return base.tryLock(position, size, shared);
        }

        @Override
        protected void implTruncate(long size) throws IOException {
          base.truncate(size);
        }

        @Override
        protected void implCloseChannel() throws IOException {
          base.close();
        }
      };
    }
  }

  /** Its CHECKPOINT SYNC would not wait for them, and what they do does not survive a kill. */
  @Test
  void h2WritesByNoThreadOfItsOwn() throws Exception {
    FilePath.register(new OwnThreads());
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:h2:own-threads:" + folder.resolve("log") + H2Database.SETTINGS, "sa", "");
        Statement statement = connection.createStatement()) {
      statement.execute("create table t (number int)");
      OwnThreads.WROTE.set(0);
      for (int i = 0; i < 200; i++) {
        statement.execute("insert into t values (" + i + ")");
        Thread.sleep(10);
      }
      assertThat(OwnThreads.WROTE).hasValue(0);
      statement.execute("set write_delay 10");
      statement.execute("insert into t values (200)");
      Thread.sleep(2_000);
      assertThat(OwnThreads.WROTE).as("writes with a delay").hasPositiveValue();
    }
  }

  @Test
  void whereH2ClosedTheFileItselfItIsOpenedAgain() throws Exception {
    try (Database database = H2Database.open(folder)) {
      execute(database, "create table kept (number integer)");
      execute(database, "checkpoint sync");
      // As after a write that failed, and under all connections that the pool has.
      assertThatThrownBy(() -> execute(database, "shutdown immediately"))
          .isInstanceOf(SQLException.class);
      int failures = 0;
      while (!isRead(database)) {
        assertThat(++failures).as("connections that are no good").isLessThan(10);
      }
      assertThat(isRead(database)).isTrue();
    }
  }

  private static void execute(Database database, String sql) throws SQLException {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static boolean isRead(Database database) {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      return statement.executeQuery("select count(*) from kept").next();
    } catch (SQLException e) {
      return false;
    }
  }
}
