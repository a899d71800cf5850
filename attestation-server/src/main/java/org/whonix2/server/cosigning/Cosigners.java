package org.whonix2.server.cosigning;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.VerifierKey;

/**
 * All the witnesses of a log. One that fails is left alone for a while, so that one that is away
 * does not hold up every submission for a whole deadline.
 */
public final class Cosigners implements AutoCloseable {
  /** A note takes more signatures than this, the log's included. */
  public static final int MAX = 32;

  private static final Logger LOG = LoggerFactory.getLogger(Cosigners.class);

  /** Boxes discard cosignatures from the future, and one of them would hide the good ones after. */
  private static final Duration MAX_CLOCK_AHEAD = Duration.ofMinutes(5);

  private final List<Asked> asked;
  private final Duration deadline;
  private final Duration rest;
  private final ExecutorService threads;

  /**
   * @param deadline how long all of them together may take
   * @param rest how long one that failed is not asked
   * @throws IllegalArgumentException if there are more than {@link #MAX}, or one key twice
   */
  public Cosigners(Collection<? extends Cosigner> cosigners, Duration deadline, Duration rest) {
    Set<VerifierKey> keys = new HashSet<>();
    cosigners.forEach(cosigner -> keys.add(cosigner.key()));
    if (keys.size() != cosigners.size() || keys.size() > MAX) {
      throw new IllegalArgumentException(
          "expected at most " + MAX + " witnesses with a key each, found " + cosigners.size());
    }
    this.asked = cosigners.stream().map(Asked::new).toList();
    this.deadline = deadline;
    this.rest = rest;
    // A call lasts no longer than its transport lets it, so there are never many.
    this.threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work, "cosigning");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** How many witnesses are asked. */
  public int size() {
    return asked.size();
  }

  /** The keys of the witnesses that are asked. */
  public List<VerifierKey> keys() {
    return asked.stream().map(witness -> witness.cosigner.key()).toList();
  }

  /** A witness, and until when (in nanoseconds of this process) it is left alone. */
  private static final class Asked {
    private final Cosigner cosigner;
    private long restsUntil = System.nanoTime();

    Asked(Cosigner cosigner) {
      this.cosigner = cosigner;
    }
  }

  private record Call(Asked witness, Optional<Future<NoteSignature>> answer) {}

  /**
   * The cosignatures that can be had before the deadline.
   *
   * @param signed the checkpoint with the log's signature only
   * @param earlier the note served so far: a cosignature in it of a witness that is away is kept,
   *     if it is for the same checkpoint
   */
  public List<NoteSignature> collect(
      Checkpoint checkpoint, SignedNote signed, SignedNote earlier, Cosigner.Hashes hashes) {
    long start = System.nanoTime();
    List<Call> calls = new ArrayList<>();
    for (Asked witness : asked) {
      boolean rests = witness.restsUntil - start > 0;
      calls.add(
          new Call(
              witness,
              rests
                  ? Optional.empty()
                  : Optional.of(
                      threads.submit(
                          () -> witness.cosigner.cosign(checkpoint, signed, hashes.get())))));
    }
    List<NoteSignature> cosignatures = new ArrayList<>();
    for (Call call : calls) {
      long left = deadline.toNanos() - (System.nanoTime() - start);
      call.answer()
          .flatMap(answer -> await(call.witness(), signed.text(), answer, left))
          .or(() -> kept(call.witness().cosigner.key(), signed, earlier))
          .ifPresent(cosignatures::add);
    }
    return cosignatures;
  }

  private Optional<NoteSignature> await(
      Asked witness, String text, Future<NoteSignature> answer, long nanos) {
    String why;
    try {
      NoteSignature cosignature = answer.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
      Instant limit = Instant.now().plus(MAX_CLOCK_AHEAD);
      Optional<Instant> time = witness.cosigner.key().cosignedAt(text, cosignature);
      if (time.isPresent() && !time.get().isAfter(limit)) {
        return Optional.of(cosignature);
      }
      why = "expected a cosignature before " + limit + ", found " + time;
    } catch (TimeoutException e) {
      // Not interrupted: it may be reading the database, whose file an interrupt closes for all.
      answer.cancel(false);
      why = "no answer within " + deadline.toMillis() + " ms";
    } catch (InterruptedException | CancellationException e) {
      answer.cancel(false);
      why = "cancelled";
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Cosigner.KnowsMore more) {
        LOG.debug("no cosignature by {}: {}", witness.cosigner.key().name(), more.getMessage());
        return Optional.empty();
      }
      // Not even a bug that a witness's answer sets off may stop the log.
      why = e.getCause() instanceof IOException io ? String.valueOf(io.getMessage()) : e.toString();
    }
    LOG.warn("no cosignature by {}: {}", witness.cosigner.key().name(), why);
    witness.restsUntil = System.nanoTime() + rest.toNanos();
    return Optional.empty();
  }

  private static Optional<NoteSignature> kept(
      VerifierKey key, SignedNote signed, SignedNote earlier) {
    return earlier.text().equals(signed.text())
        ? earlier.signatures().stream().filter(line -> key.verify(signed.text(), line)).findFirst()
        : Optional.empty();
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
