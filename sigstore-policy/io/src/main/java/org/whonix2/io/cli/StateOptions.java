package org.whonix2.io.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that move configuration and state, the same in every program. */
public final class StateOptions {
  @Option(
      names = "--config",
      paramLabel = "DIR",
      description = "configuration folder (default: $WHONIX2_CONFIG, else ${DEFAULT-VALUE})",
      defaultValue = "${env:WHONIX2_CONFIG:-/etc/whonix2}")
  private Path config = Path.of("/etc/whonix2");

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description = "state folder (default: $WHONIX2_STATE, else ${DEFAULT-VALUE})",
      defaultValue = "${env:WHONIX2_STATE:-/var/lib/whonix2}")
  private Path state = Path.of("/var/lib/whonix2");

  public Path config() {
    return config;
  }

  public Path state() {
    return state;
  }
}
