package org.whonix2.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2DatabaseTest {
  @TempDir Path folder;

  /** A disk to which the threads that H2 writes by on its own get slowly. */
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the file's own need no lock
  public static final class SlowPath extends FilePathWrapper {
    static volatile CountDownLatch underWay = new CountDownLatch(1);
    static final AtomicInteger WRITING = new AtomicInteger();

    @Override
    public String getScheme() {
      return "slow";
    }

    @Override
    public FileChannel open(String mode) throws IOException {
      FileChannel base = getBase().open(mode);
      return new FileBaseDefault() {
        @Override
        public int write(ByteBuffer source, long position) throws IOException {
          if (Thread.currentThread().getName().startsWith("H2-save")) {
            WRITING.incrementAndGet();
            underWay.countDown();
            try {
              Thread.sleep(1_000);
              return base.write(source, position);
            } catch (InterruptedException e) {
              throw new IOException(e);
            } finally {
              WRITING.decrementAndGet();
            }
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

  /** What H2 has begun to write by threads of its own is no change to its own CHECKPOINT SYNC. */
  @Test
  void aSyncIsForWhatIsUnderWayToo() throws Exception {
    FilePath.register(new SlowPath());
    try (Connection connection =
            DriverManager.getConnection("jdbc:h2:slow:" + folder.resolve("log"), "sa", "");
        Statement statement = connection.createStatement()) {
      statement.execute("create table t (number int)");
      H2Database.syncAll(connection);
      SlowPath.underWay = new CountDownLatch(1);
      statement.execute("set write_delay 10");
      statement.execute("insert into t values (1)");
      assertThat(SlowPath.underWay.await(20, TimeUnit.SECONDS)).isTrue();

      H2Database.syncAll(connection);

      assertThat(SlowPath.WRITING).hasValue(0);
    }
  }
}
