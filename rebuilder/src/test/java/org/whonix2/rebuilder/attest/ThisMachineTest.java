package org.whonix2.rebuilder.attest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.statement.Platform;

class ThisMachineTest {
  @Test
  void fieldsAreFoundByTheirWholeName() {
    String cpuinfo =
        "processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel\t\t: 1\nmodel name\t: EPYC\n";
    assertThat(ThisMachine.field(cpuinfo, "vendor_id", ":")).contains("AuthenticAMD");
    assertThat(ThisMachine.field(cpuinfo, "model name", ":")).contains("EPYC");
    assertThat(ThisMachine.field(cpuinfo, "model", ":")).contains("1");
    assertThat(ThisMachine.field(cpuinfo, "CPU part", ":")).isEmpty();
    assertThat(ThisMachine.field("PRETTY_NAME=\"Debian\u0007\"\n", "PRETTY_NAME", "="))
        .contains("Debian?");
  }

  @Test
  void thisMachineCanBeDescribed() throws Exception {
    Platform platform = ThisMachine.describe(Architecture.parse("amd64"));
    assertThat(platform.kernel()).isEqualTo("linux");
    assertThat(platform.emulated()).isFalse();
  }
}
