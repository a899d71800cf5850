package org.whonix2.rebuilder.apt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.process.Ending;
import org.whonix2.rebuilder.process.Outcome;

/** What apt 2.6 says when something is wrong, and what our user is told to do. */
class AptComplaintTest {
  private static final Outcome FAILED = new Outcome(Ending.EXITED, 100, Duration.ofSeconds(1));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "E: Failed to fetch http://m.test/x.dsc  404  Not Found [IP: 192.0.2.1 80] | complete mirror",
        "E: Failed to fetch http://m.test/x  Could not resolve 'm.test'            | check the network",
        "E: Failed to fetch http://m.test/x  Unable to connect to m.test:80:       | check the network",
        "E: The repository 'http://m.test bookworm InRelease' is not signed.       | archive-keyring",
        "W: GPG error: http://m.test bookworm: NO_PUBKEY 6ED0E7B82643E131          | archive-keyring",
        "E: Failed to fetch http://m.test/x  Hash Sum mismatch                     | another mirror",
        "E: Write error - write (28: No space left on device)                      | disk is full",
        "E: Unable to satisfy dependencies: unmet dependencies                     | build dependencies",
      })
  void usualComplaintsGetAHint(String said, String hint) {
    CommandException e = AptComplaint.about("cannot fetch", FAILED, "Reading...\n" + said);
    assertThat(e.exitCode()).isEqualTo(ExitCode.OUTSIDE_FAILED);
    assertThat(e.hint()).contains(hint);
  }

  @Test
  void theFirstErrorIsShownWithoutControlCharacters() {
    assertThat(AptComplaint.about("cannot fetch", FAILED, "Hit:1\nE: odd \u001b[2J thing\nE: b\n"))
        .hasMessage("cannot fetch: E: odd ?[2J thing (exit code 100)");
    assertThat(AptComplaint.about("cannot fetch", FAILED, ""))
        .hasMessage("cannot fetch: exit code 100");
  }
}
