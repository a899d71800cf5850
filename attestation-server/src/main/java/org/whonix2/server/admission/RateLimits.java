package org.whonix2.server.admission;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.whonix2.core.openpgp.Fingerprint;

/**
 * Bounds what comes in: of each signer whose signature was verified, and of everybody else
 * together. Nobody is told apart by an address, so none is kept: behind Tor all have the same.
 */
public final class RateLimits {
  /** What a rebuilder may send: a month's spool at once, and a build a minute. */
  public static final Rate SIGNER = new Rate(60, 5_000);

  /** What may come of no known signature. */
  public static final Rate UNVERIFIED = new Rate(600, 1_000);

  private final Rate signer;
  private final TimeMeter time;
  private final Bucket unverified;

  /** By signer; there are no more of them than the roster ever had. */
  private final Map<Fingerprint, Bucket> signers = new ConcurrentHashMap<>();

  public RateLimits(Rate signer, Rate unverified) {
    this(signer, unverified, TimeMeter.SYSTEM_NANOTIME);
  }

  RateLimits(Rate signer, Rate unverified, TimeMeter time) {
    this.signer = signer;
    this.time = time;
    this.unverified = bucket(unverified, time);
  }

  private static Bucket bucket(Rate rate, TimeMeter time) {
    return Bucket.builder()
        .addLimit(
            limit ->
                limit.capacity(rate.burst()).refillGreedy(rate.perMinute(), Duration.ofMinutes(1)))
        .withCustomTimePrecision(time)
        .build();
  }

  /** Counts a statement of a signer; how long to wait if it is one too many. */
  Optional<Duration> ofSigner(Fingerprint primary) {
    return take(signers.computeIfAbsent(primary, key -> bucket(signer, time)));
  }

  /** Counts a request of nobody known; how long to wait if it is one too many. */
  Optional<Duration> ofNobody() {
    return take(unverified);
  }

  private static Optional<Duration> take(Bucket bucket) {
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }
}
