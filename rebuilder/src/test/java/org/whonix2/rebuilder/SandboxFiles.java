package org.whonix2.rebuilder;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/** What sandboxes leave below a state folder: thousands of files, and of other users. */
public final class SandboxFiles {
  private SandboxFiles() {}

  /** Removes them, which is not for JUnit to do one by one. */
  public static void remove(Path folder) throws Exception {
    Process rm = new ProcessBuilder("rm", "-rf", folder.toString()).start();
    assertThat(rm.waitFor()).isZero();
  }
}
