package org.whonix2.rebuilder.input;

import java.nio.charset.StandardCharsets;
import org.whonix2.core.MalformedInputException;
import org.whonix2.toolchain.Toolchain;

/** Toolchains for tests that run no compiler; they want a package of the name {@code tool}. */
final class TestToolchain {
  private TestToolchain() {}

  /** One that builds what the archive has. */
  static Toolchain archives() throws MalformedInputException {
    return parse("");
  }

  /** One that builds variants. */
  static Toolchain variants(String suffix) throws MalformedInputException {
    return parse("versionSuffix: \"" + suffix + "\"\n");
  }

  private static Toolchain parse(String more) throws MalformedInputException {
    String yaml =
        """
        apiVersion: toolchain.whonix2.org/v1
        kind: Toolchain
        metadata: {name: tool, revision: 1}
        hashClass: tool
        packages: [{name: tool}]
        compilerRoots: [gcc]
        archiveRoot: gcc
        own: []
        others: []
        commands: []
        environment: {}
        timeLimit: 1h
        knownLimits: []
        knownSources: []
        """;
    return Toolchain.parse((yaml + more).getBytes(StandardCharsets.UTF_8));
  }
}
