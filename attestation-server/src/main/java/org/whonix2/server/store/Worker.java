package org.whonix2.server.store;

/** A thread with one task, which ends itself when it is told to. */
public final class Worker {
  private final Thread thread;

  public Worker(String name, Runnable task) {
    this.thread = new Thread(task, name);
  }

  public void start() {
    thread.start();
  }

  public boolean isRunning() {
    return thread.isAlive();
  }

  /** Returns when it has ended, or never began, although somebody interrupts who waits. */
  public void awaitEnd() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
