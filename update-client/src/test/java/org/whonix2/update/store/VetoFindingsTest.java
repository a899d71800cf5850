package org.whonix2.update.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.update.store.VetoFindings.Finding;
import org.whonix2.update.store.VetoFindings.Subject;

class VetoFindingsTest {
  private static final Instant DAY_1 = Instant.parse("2026-12-01T00:00:00Z");
  private static final Fingerprint REBUILDER = new Fingerprint("a".repeat(40));

  private static Subject subject(int file) {
    return new Subject(REBUILDER, Sha256.of(ByteBuffer.allocate(4).putInt(file).array()));
  }

  private static Instant after(int hours) {
    return DAY_1.plus(Duration.ofHours(hours));
  }

  private static Optional<Instant> lackingUntil(VetoFindings findings, int file) {
    return findings.of(subject(file)).flatMap(Finding::lackingUntil);
  }

  @Test
  void itCountsUntilItIsMissedADayLater() {
    VetoFindings missed = VetoFindings.none().with(Map.of(subject(1), false), DAY_1);
    assertThat(missed.of(subject(1)).orElseThrow().countsUntil()).contains(after(24));
    assertThat(lackingUntil(missed, 1)).isEmpty();
    VetoFindings again = missed.with(Map.of(subject(1), false), after(23));
    assertThat(lackingUntil(again, 1)).isEmpty();
    VetoFindings late = again.with(Map.of(subject(1), false), after(24));
    assertThat(lackingUntil(late, 1)).contains(after(24).plus(VetoFindings.BELIEVED));
    assertThat(lackingUntil(late, 2)).isEmpty();
  }

  @Test
  void whatWasFoundOnceStaysFoundWhateverIsAnsweredLater() {
    VetoFindings found = VetoFindings.none().with(Map.of(subject(1), true), DAY_1);
    for (int day = 1; day < 100; day++) {
      found = found.with(Map.of(subject(1), false, subject(2), false), after(24 * day));
    }
    assertThat(found.isFound(subject(1))).isTrue();
    assertThat(lackingUntil(found, 1)).isEmpty();
    assertThat(lackingUntil(found, 2)).isPresent();
  }

  @Test
  void aTimeThatGoesBackMakesNoDayPass() {
    VetoFindings missed = VetoFindings.none().with(Map.of(subject(1), false), after(48));
    VetoFindings back = missed.with(Map.of(subject(1), false), DAY_1);
    assertThat(lackingUntil(back, 1)).isEmpty();
    assertThat(lackingUntil(back.with(Map.of(subject(1), false), after(49)), 1)).isEmpty();
  }

  @Test
  void isReadAsItWasWritten() throws Exception {
    VetoFindings some =
        VetoFindings.none().with(Map.of(subject(1), true, subject(2), false), DAY_1);
    VetoFindings read = VetoFindings.parse(some.toBytes());
    assertThat(read.toBytes()).isEqualTo(some.toBytes());
    assertThat(read.isFound(subject(1))).isTrue();
    assertThat(read.of(subject(2))).isEqualTo(some.of(subject(2)));
  }

  @Test
  void ofTooManyTheOldestThatAreMissingAreForgotten() throws Exception {
    VetoFindings findings = VetoFindings.none().with(Map.of(subject(0), true), DAY_1);
    findings = findings.with(Map.of(subject(1), false), after(1));
    Map<Subject, Boolean> flood = new HashMap<>();
    for (int file = 2; file < VetoFindings.MOST + 1; file++) {
      flood.put(subject(file), false);
    }
    findings = findings.with(flood, after(2));
    assertThat(findings.of(subject(0))).isPresent();
    assertThat(findings.of(subject(1))).isEmpty();
    assertThat(findings.of(subject(2))).isPresent();
    assertThat(findings.toBytes().length).isLessThan(VetoFindings.MAX_BYTES);
    assertThat(VetoFindings.parse(findings.toBytes()).of(subject(0))).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "whonix2-veto-findings/v1",
        "whonix2-veto-findings/v2\n",
        "whonix2-veto-findings/v1\nnobody\n",
        "whonix2-veto-findings/v1\n\n",
      })
  void anythingElseIsMalformed(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> VetoFindings.parse(text.getBytes(StandardCharsets.US_ASCII)));
  }
}
