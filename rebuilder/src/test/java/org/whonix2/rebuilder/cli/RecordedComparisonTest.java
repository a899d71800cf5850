package org.whonix2.rebuilder.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.whonix2.core.digest.Sha256;
import org.whonix2.rebuilder.apt.ArchivedSource.SourceFile;

class RecordedComparisonTest {
  private static final Sha256 ONE = Sha256.of(new byte[] {1});
  private static final Sha256 TWO = Sha256.of(new byte[] {2});

  @Test
  void theSameFilesWithTheSameBitsAgree() {
    RecordedComparison same =
        RecordedComparison.of(List.of(new SourceFile("a.deb", ONE, 1)), Map.of("a.deb", ONE));

    assertThat(same.agrees()).isTrue();
    assertThat(same).hasToString("1 of its files came out bit for bit");
  }

  @Test
  void whatIsNotTheSameIsNamed() {
    RecordedComparison other =
        RecordedComparison.of(
            List.of(
                new SourceFile("a.deb", ONE, 1),
                new SourceFile("b.deb", ONE, 1),
                new SourceFile("c.udeb", ONE, 1)),
            Map.of("a.deb", ONE, "b.deb", TWO, "d.deb", TWO));

    assertThat(other.agrees()).isFalse();
    assertThat(other)
        .hasToString(
            "1 of its files came out bit for bit; 1 differ: b.deb; 1 did not come out: c.udeb;"
                + " 1 are not in it: d.deb");
  }
}
