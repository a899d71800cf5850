package org.whonix2.rebuilder.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;

class SurroundingsTest {
  private static Surroundings with(
      String user, String path, String zone, int umask, int processors) {
    return new Surroundings(
        user,
        "host",
        path,
        zone,
        "C.UTF-8",
        umask,
        processors,
        Optional.empty(),
        false,
        Optional.of("linux32"));
  }

  @Test
  void theUsualOnesAreFit() throws Exception {
    assertThat(Surroundings.usual(2).checked()).isEqualTo(Surroundings.usual(2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "a:0:0 | /build/x    | UTC        | 18  | 1    | a user name",
        "root x| /build/x    | UTC        | 18  | 1    | a user name",
        "u     | /usr        | UTC        | 18  | 1    | a path below /build",
        "u     | /build/../x | UTC        | 18  | 1    | a path below /build",
        "u     | /build      | UTC        | 18  | 1    | a path below /build",
        "u     | /build/x    | 'U T'      | 18  | 1    | a time zone",
        "u     | /build/x    | UTC        | 512 | 1    | a umask from 0 to 0777, found 512",
        "u     | /build/x    | UTC        | 18  | 0    | from 1 to 1024 processors, found 0",
        "u     | /build/x    | UTC        | 18  | 1025 | from 1 to 1024 processors, found 1025",
      })
  void whatNoBuildCanBeGivenIsRefused(
      String user, String path, String zone, int umask, int processors, String message) {
    assertThatThrownBy(() -> with(user, path, zone, umask, processors).checked())
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("expected " + message);
  }
}
