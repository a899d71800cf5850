package org.whonix2.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The Packages file of Debian 12's main component that this machine's apt has fetched. */
public final class MachinePackages {
  private MachinePackages() {}

  /** Its bytes, unpacked: 50 MB with some 63,000 packages. */
  public static byte[] bookwormMain() throws IOException, InterruptedException {
    String architecture = output("dpkg", "--print-architecture").strip();
    String list =
        output(
                "apt-get",
                "indextargets",
                "--format",
                "$(FILENAME)",
                "Created-By: Packages",
                "Codename: bookworm",
                "Component: main",
                "Architecture: " + architecture)
            .strip();
    assertThat(list)
        .as("apt's list of bookworm main %s; hint: run apt-get update as root", architecture)
        .isNotEmpty()
        .doesNotContain("\n");
    byte[] packages = bytes("/usr/lib/apt/apt-helper", "cat-file", list);
    assertThat(packages.length).as("bytes of %s", list).isGreaterThan(10_000_000);
    return packages;
  }

  private static String output(String... command) throws IOException, InterruptedException {
    return new String(bytes(command), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().close();
    try (InputStream out = process.getInputStream()) {
      byte[] bytes = out.readAllBytes();
      assertThat(process.waitFor()).as("exit status of %s", List.of(command)).isZero();
      return bytes;
    }
  }
}
