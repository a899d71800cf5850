package org.whonix2.update.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.whonix2.core.log.LogState;

/** Real syncs while the log grows; evil is never accepted, and what stands is always accepted. */
abstract class GrowingLogTest extends AttackTest {
  Path evil = Path.of("");

  @BeforeEach
  void aLogThatGrows() throws Exception {
    evil = build("evil", "evil.deb");
    signedAt = Instant.now().minus(Duration.ofHours(1));
    logBoth();
    log.entries.add(attestation(0, 2, evil));
    assertThat(sync()).isZero();
    accepts(deb);
  }

  /** So many entries more, over the edges of bundles. */
  void grow(int entries) {
    List<byte[]> all = new ArrayList<>(log.entries);
    for (int i = 0; i < entries; i++) {
      all.add(("entry " + all.size() + " ".repeat(200)).getBytes(StandardCharsets.UTF_8));
    }
    // Replaced whole: the server reads it meanwhile.
    log.entries = all;
  }

  /** Old or new whole: every entry is the log's, and the verdicts are right. Gives its size. */
  long isWhole(long before) throws Exception {
    List<byte[]> kept = new ArrayList<>();
    LogState state = store().load(kept::add);
    List<byte[]> all = log.entries;
    assertThat(state.size()).isIn(before, (long) all.size());
    assertThat(kept).usingElementComparator(Arrays::compare).isEqualTo(all.subList(0, kept.size()));
    assertThat(verify(evil)).as(out + err).isEqualTo(1);
    assertThat(verify(deb)).as(out + err).isZero();
    assertThat(status()).isNotEqualTo(4);
    if (Files.exists(state().resolve("update/tickets"))) {
      assertThat(tickets().all())
          .allSatisfy(ticket -> assertThat(ticket.identity().name()).hasToString("hello"));
    }
    return state.size();
  }

  /** It goes on as if nothing had been. */
  void recovers() throws Exception {
    assertThat(sync()).as(err).isZero();
    assertThat(isWhole(log.entries.size())).isEqualTo(log.entries.size());
    accepts(deb);
  }
}
