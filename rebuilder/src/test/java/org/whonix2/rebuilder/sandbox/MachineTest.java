package org.whonix2.rebuilder.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Programs;

class MachineTest {
  private static final String USER = System.getProperty("user.name");

  @TempDir Path etc;

  @BeforeEach
  void rangesOfOthers() throws Exception {
    Files.writeString(etc.resolve("subuid"), "somebody:100000:65536\n");
    Files.writeString(etc.resolve("subgid"), "somebody:100000:65536\n");
  }

  private Finding subIds(boolean ordinary) throws Exception {
    SubIds ids = new SubIds(1, ordinary);
    Machine machine = new Machine(etc, etc, ids, new Programs(new Cancellation()));
    return machine.atOnce().stream()
        .filter(each -> each.what().equals("sub-ids"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anOrdinaryUserWithoutSubIdsIsToldHowToGetThem() throws Exception {
    Finding finding = subIds(true);
    assertThat(finding.state()).isEqualTo(Finding.State.MISSING);
    assertThat(finding.found())
        .isEqualTo(
            USER
                + " has no range of 65535 in "
                + etc.resolve("subuid")
                + " and "
                + etc.resolve("subgid"));
    assertThat(finding.fix()).contains("usermod --add-subuids").endsWith(USER);
  }

  @Test
  void aRangeThatIsTooSmallIsNone() throws Exception {
    Files.writeString(etc.resolve("subuid"), USER + ":100000:65536\n");
    Files.writeString(etc.resolve("subgid"), USER + ":100000:1000\n");
    assertThat(subIds(true).found())
        .isEqualTo(USER + " has no range of 65535 in " + etc.resolve("subgid"));
  }

  @Test
  void aRangeInBothFilesIsEnough() throws Exception {
    for (String file : new String[] {"subuid", "subgid"}) {
      Files.writeString(etc.resolve(file), "somebody:1:2\n" + USER + ":100000:65536\n");
    }
    assertThat(subIds(true).state()).isEqualTo(Finding.State.GOOD);
  }

  @Test
  void rootNeedsNoEntry() throws Exception {
    assertThat(subIds(false).state()).isEqualTo(Finding.State.GOOD);
  }
}
