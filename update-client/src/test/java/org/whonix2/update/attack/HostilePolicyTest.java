package org.whonix2.update.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody gets another policy in place than the owner's newest. */
class HostilePolicyTest extends AttackTest {
  private static final String LAX = "quorum: {threshold: 1}";

  private Path evil = Path.of("");
  private Path policy = Path.of("");

  @BeforeEach
  void oneVoteForAFile() throws Exception {
    evil = build("evil", "evil.deb");
    logBoth();
    log.entries.add(attestation(0, 2, evil));
    policy = folder.resolve("policy.yaml");
  }

  private void write(int serial, String quorum) throws Exception {
    String text = Files.readString(policy);
    Files.writeString(
        policy,
        text.replaceFirst("serial: [0-9]+", "serial: " + serial)
            .replaceFirst("quorum: \\{threshold: [0-9]}", "quorum: {threshold: 1}")
            .replace(LAX, quorum));
  }

  @Test
  void rolledBack() throws Exception {
    // Where no newer one was in force the older one is as good as any.
    write(7, LAX);
    assertThat(sync()).isZero();
    accepts(evil);

    write(8, QUORUM);
    assertThat(sync()).isZero();
    refuses(evil, 1, "1 of 2 operators");
    write(7, LAX);
    assertThat(verify(evil)).isEqualTo(1);
    assertThat(out).contains("the policy 'test' has serial 7, and 8 was in force before");
    syncEndsWith(1, "the policy 'test' has serial 7, and 8 was in force before");
    refuses(evil, 1, "an older one is never taken back");
    assertThat(status()).isNotZero();
    assertThat(out).contains("refused everything: the policy 'test' has serial 7");
  }

  @Test
  void expired() throws Exception {
    write(7, LAX);
    assertThat(sync()).isZero();
    accepts(evil);

    edit("2099-01-01", "2020-01-01");
    syncEndsWith(1, "the policy 'test' expired at 2020-01-01T00:00:00Z");
    refuses(evil, 1, "the policy 'test' expired at 2020-01-01T00:00:00Z");
    refuses(deb, 1, "the policy 'test' expired at 2020-01-01T00:00:00Z");
  }

  @Test
  void absent() throws Exception {
    assertThat(sync()).isZero();
    accepts(deb);

    Files.delete(policy);
    assertThat(verify(deb)).isEqualTo(1);
    assertThat(err).contains("there is no policy at ", "without one everything is refused");
    assertThat(status()).isEqualTo(1);
    assertThat(sync()).isEqualTo(1);
    assertThat(tickets().all()).isEmpty();
    assertThat(tickets().refusal()).get().asString().startsWith("there is no policy at ");
  }

  /** The owner's own file is his word, whatever number it bears; only going back is refused. */
  @Test
  void serialSkipped() throws Exception {
    write(7, LAX);
    assertThat(sync()).isZero();
    accepts(evil);
    write(9, QUORUM);
    assertThat(sync()).isZero();
    refuses(evil, 1, "1 of 2 operators");
    accepts(deb);
    write(8, LAX);
    syncEndsWith(1, "the policy 'test' has serial 8, and 9 was in force before");
    refuses(evil, 1, "the policy 'test' has serial 8, and 9 was in force before");
  }

  /** Nor does a box forget by a policy of another name which serial was in force under this one. */
  @Test
  void rolledBackByWayOfAnotherName() throws Exception {
    write(8, QUORUM);
    assertThat(sync()).isZero();
    edit("{name: test, ", "{name: other, ");
    assertThat(sync()).isZero();
    edit("{name: other, ", "{name: test, ");
    write(7, LAX);
    syncEndsWith(1, "the policy 'test' has serial 7, and 8 was in force before");
    refuses(evil, 1, "the policy 'test' has serial 7, and 8 was in force before");
  }
}
