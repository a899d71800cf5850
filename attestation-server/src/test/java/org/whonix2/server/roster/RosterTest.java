package org.whonix2.server.roster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.server.Attestations;

class RosterTest {
  private static final Certificate ALPHA = Attestations.rebuilder("alpha").certificate();
  private static final Certificate BETA = Attestations.rebuilder("beta").certificate();
  private static final MemberName A = new MemberName("alpha-1");
  private static final MemberName B = new MemberName("beta-1");

  @TempDir Path folder;

  private Roster roster() {
    return new Roster(folder);
  }

  @Test
  void isEmptyAtFirst() throws Exception {
    assertThat(roster().members()).isEmpty();
    assertThat(roster().byFingerprint()).isEmpty();
    assertThat(roster().remove(A)).isInstanceOf(RosterChange.Refused.class);
  }

  @Test
  void anotherProcessSeesAdditionsAndRemovals() throws Exception {
    Roster reader = roster();
    assertThat(roster().add(A, ALPHA)).isInstanceOf(RosterChange.Done.class);
    assertThat(reader.byFingerprint()).containsOnlyKeys(ALPHA.fingerprint());
    assertThat(roster().add(B, BETA)).isInstanceOf(RosterChange.Done.class);
    assertThat(reader.members()).containsOnlyKeys(A, B);
    assertThat(roster().remove(A)).isInstanceOf(RosterChange.Done.class);
    assertThat(reader.byFingerprint()).containsOnlyKeys(BETA.fingerprint());
  }

  @Test
  void aReplacedFileIsReadAgain() throws Exception {
    Roster reader = roster();
    roster().add(A, ALPHA);
    assertThat(reader.byFingerprint()).containsOnlyKeys(ALPHA.fingerprint());
    roster().remove(A);
    roster().add(A, BETA);
    assertThat(reader.byFingerprint()).containsOnlyKeys(BETA.fingerprint());
  }

  @Test
  void aNameHasOneCertificateAndACertificateOneName() throws Exception {
    roster().add(A, ALPHA);
    assertThat(roster().add(A, BETA)).isInstanceOf(RosterChange.Refused.class);
    assertThat(roster().add(B, ALPHA)).isInstanceOf(RosterChange.Refused.class);
    assertThat(roster().members()).containsOnlyKeys(A);
    assertThat(roster().byFingerprint()).containsOnlyKeys(ALPHA.fingerprint());
  }

  @Test
  void aFileThatIsNoCertificateAdmitsNobodyAndStopsNobodyElse() throws Exception {
    roster().add(A, ALPHA);
    Path roster = folder.resolve("roster");
    Files.write(roster.resolve("bad.asc"), "junk".getBytes(StandardCharsets.UTF_8));
    Files.write(roster.resolve("Bad Name.asc"), BETA.toArmored().getBytes(StandardCharsets.UTF_8));
    Files.write(roster.resolve("big.asc"), new byte[Certificate.MAX_BYTES + 1]);
    assertThat(roster().members()).containsOnlyKeys(A);
    assertThat(roster().byFingerprint()).containsOnlyKeys(ALPHA.fingerprint());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "a/b", "A", "a b", "-a", ".a", "a\n", "a\u0000"})
  void aNameIsNoPath(String name) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> MemberName.parse(name));
  }
}
