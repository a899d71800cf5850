package org.whonix2.rebuilder.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;

class RootPlanTest {
  private static ExactPackage of(String name, String version, String architecture)
      throws MalformedInputException {
    return new ExactPackage(
        PackageName.parse(name), PackageVersion.parse(version), Architecture.parse(architecture));
  }

  @Test
  void whatAptWouldInstallReplacesAndRemoves() throws Exception {
    List<ExactPackage> below =
        List.of(of("libc6", "2.36-9", "amd64"), of("old", "1", "all"), of("same", "1", "all"));
    RootPlan plan =
        RootPlan.onTopOf(
            below,
            """
            Reading package lists...
            Remv old [1]
            Inst libc6 [2.36-9] (2.36-9+deb12u1 Debian:12.15/oldstable, Debian-Security:12 [amd64]) []
            Inst new (1:2.0-1+b1 Debian:12.15/oldstable [all])
            Inst libc6:i386 (2.36-9+deb12u1 Debian:12.15/oldstable [i386])
            Conf new (1:2.0-1+b1 Debian:12.15/oldstable [all])
            """);
    assertThat(plan.all())
        .extracting(ExactPackage::toString)
        .containsExactly(
            "libc6 2.36-9+deb12u1 amd64",
            "libc6 2.36-9+deb12u1 i386",
            "new 1:2.0-1+b1 all",
            "same 1 all");
    assertThat(plan.added())
        .extracting(each -> each.forApt(new Architecture("amd64")))
        .containsExactly("libc6=2.36-9+deb12u1", "new=1:2.0-1+b1", "libc6:i386=2.36-9+deb12u1");
    assertThat(plan.removed()).containsExactly("old");
  }

  @Test
  void aLineThatCannotBeReadIsNotPassedOver() {
    assertThatThrownBy(() -> RootPlan.onTopOf(List.of(), "Inst something unheard of"))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("Inst something unheard of");
  }
}
