package org.whonix2.server.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.server.Attestations;

class RateLimitsTest {
  private static final Fingerprint ALPHA =
      Attestations.rebuilder("alpha").certificate().fingerprint();
  private static final Fingerprint BETA =
      Attestations.rebuilder("beta").certificate().fingerprint();

  /** A clock that stands still unless it is put forward. */
  private static final class Standing implements TimeMeter {
    private long nanos = 1;

    @Override
    public long currentTimeNanos() {
      return nanos;
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }

    void forward(Duration time) {
      nanos += time.toNanos();
    }
  }

  @Test
  void aSignerHasItsBurstAndThenItsRate() {
    Standing clock = new Standing();
    RateLimits limits = new RateLimits(new Rate(60, 3), new Rate(6, 1), clock);
    for (int i = 0; i < 3; i++) {
      assertThat(limits.ofSigner(ALPHA)).isEmpty();
    }
    assertThat(limits.ofSigner(ALPHA)).contains(Duration.ofSeconds(1));
    clock.forward(Duration.ofMillis(400));
    Optional<Duration> wait = limits.ofSigner(ALPHA);
    assertThat(wait).contains(Duration.ofMillis(600));
    clock.forward(wait.orElseThrow());
    assertThat(limits.ofSigner(ALPHA)).isEmpty();
    assertThat(limits.ofSigner(ALPHA)).isPresent();
    clock.forward(Duration.ofDays(1));
    for (int i = 0; i < 3; i++) {
      assertThat(limits.ofSigner(ALPHA)).isEmpty();
    }
    assertThat(limits.ofSigner(ALPHA)).as("no more than the burst is saved up").isPresent();
  }

  @Test
  void oneSignersHasteIsNotAnothersNorAStrangers() {
    RateLimits limits = new RateLimits(new Rate(60, 1), new Rate(60, 1), new Standing());
    assertThat(limits.ofSigner(ALPHA)).isEmpty();
    assertThat(limits.ofSigner(ALPHA)).isPresent();
    assertThat(limits.ofSigner(BETA)).isEmpty();
    assertThat(limits.ofNobody()).isEmpty();
    assertThat(limits.ofNobody()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1:1", "60:5000", "999999999:999999999"})
  void aRateComesBack(String rate) throws Exception {
    assertThat(Rate.parse(rate)).hasToString(rate);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "60",
        ":",
        "0:1",
        "1:0",
        "01:1",
        "1:1:1",
        "1:1 ",
        "-1:1",
        "1e3:1",
        "9999999999:1"
      })
  void anythingElseIsNoRate(String rate) {
    assertThatExceptionOfType(MalformedInputException.class).isThrownBy(() -> Rate.parse(rate));
  }
}
