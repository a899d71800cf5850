package org.whonix2.update.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.whonix2.core.digest.Sha256;
import org.whonix2.update.cli.BoxTest;

/** A box that is attacked: whatever it is told to do, it never ends in a stack trace. */
abstract class AttackTest extends BoxTest {
  static final String QUORUM = "quorum: {threshold: 2}";

  /** With gamma, who gets other bits than alpha and beta. */
  @Override
  protected List<String> operators() {
    return List.of("alpha", "beta", "gamma");
  }

  @Override
  protected int run(String... args) {
    int code = super.run(args);
    assertNoStackTrace(out + err);
    assertThat(code).isBetween(0, 5);
    return code;
  }

  static void assertNoStackTrace(String said) {
    assertThat(said).doesNotContain("internal error", "\tat ", "Caused by");
  }

  /** The attack succeeds: the file is accepted, and gets a ticket. */
  void accepts(Path file) throws Exception {
    assertThat(verify(file)).as(out + err).isZero();
    assertThat(hasTicket(file)).isTrue();
  }

  /** The file is refused with this code for this reason, by its ticket too. */
  void refuses(Path file, int code, String reason) throws Exception {
    assertThat(verify(file)).as(out + err).isEqualTo(code);
    assertThat(out).startsWith("refused ").contains("refused: ", reason);
    assertThat(hasTicket(file)).isFalse();
  }

  private boolean hasTicket(Path file) throws Exception {
    return tickets().find(Sha256.of(Files.readAllBytes(file))).isPresent();
  }

  void syncEndsWith(int code, String reason) {
    assertThat(sync()).as(out + err).isEqualTo(code);
    assertThat(err).contains("error: ", reason, "hint: ");
  }
}
