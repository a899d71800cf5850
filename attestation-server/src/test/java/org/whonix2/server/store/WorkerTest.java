package org.whonix2.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkerTest {
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Worker worker = new Worker("test", this::work);

  private void work() {
    try {
      end.await();
      ended.set(true);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whoWaitsForItsEndIsInterruptedOnlyThen() throws Exception {
    worker.start();
    AtomicBoolean endedBefore = new AtomicBoolean();
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread waiting =
        new Thread(
            () -> {
              worker.awaitEnd();
              endedBefore.set(ended.get());
              interrupted.set(Thread.interrupted());
            });
    waiting.start();
    waiting.interrupt();
    waiting.join(200);
    assertThat(waiting.isAlive()).isTrue();
    end.countDown();
    waiting.join();
    assertThat(endedBefore).isTrue();
    assertThat(interrupted).isTrue();
    assertThat(worker.isRunning()).isFalse();
  }

  @Test
  void oneThatNeverBeganHasEnded() {
    worker.awaitEnd();
    assertThat(worker.isRunning()).isFalse();
  }
}
