package org.whonix2.server.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import javax.sql.DataSource;

/**
 * A database in which the indexes that follow stay where they are for as long as a test likes: one
 * step has begun, so that there is no other, and waits for its connection. It holds no lock then,
 * and no database ends a session because of it.
 */
public final class HeldIndexes implements Database {
  private final Database database;
  private final DataSource dataSource;
  private final CompletableFuture<Long> step = new CompletableFuture<>();
  private final Thread stepping = new Thread(this::step, "held step");
  private final CompletableFuture<LogStore> held = new CompletableFuture<>();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  public HeldIndexes(Database database) {
    this.database = database;
    DataSource all = database.dataSource();
    this.dataSource = Connections.by(() -> connect(all));
    stepping.setDaemon(true);
  }

  private Connection connect(DataSource source) throws SQLException, InterruptedException {
    if (Thread.currentThread().equals(stepping)) {
      reached.countDown();
      released.await();
    }
    return source.getConnection();
  }

  private void step() {
    try {
      step.complete(held.join().followSome());
    } catch (StoreException | RuntimeException e) {
      step.completeExceptionally(e);
    }
  }

  /** The indexes of this store, which has this database, are told of nothing any more. */
  public void hold(LogStore store) throws InterruptedException {
    held.complete(store);
    stepping.start();
    reached.await();
  }

  /** Lets the step go on; returns to which size they know the tree then. */
  public long release() throws InterruptedException, ExecutionException {
    released.countDown();
    return step.get();
  }

  @Override
  public DataSource dataSource() {
    return dataSource;
  }

  @Override
  public void sync(Connection connection) throws SQLException {
    database.sync(connection);
  }

  @Override
  public boolean makeWay(SQLException failure) throws SQLException {
    return database.makeWay(failure);
  }

  @Override
  public Optional<String> failure() {
    return database.failure();
  }

  @Override
  public void letPause(Connection connection) throws SQLException {
    database.letPause(connection);
  }

  @Override
  public void close() {
    released.countDown();
    database.close();
  }
}
