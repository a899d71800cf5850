package org.whonix2.toolchain;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/**
 * A named, pinned compiler environment.
 *
 * @param hashClass artifacts of toolchains with one hash class are comparable with each other
 * @param packages Debian packages that the build root must hold besides the build dependencies
 * @param compilerRoots names of the compilers that this toolchain's own compiler may stem from
 * @param knownLimits sentences for people
 * @param digest SHA-256 of the definition's bytes
 */
public record Toolchain(
    String name,
    String hashClass,
    List<String> packages,
    List<String> compilerRoots,
    List<String> knownLimits,
    Sha256 digest) {
  /** The most bytes a definition may have. */
  public static final int MAX_BYTES = 65_536;

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,31}");

  public Toolchain {
    packages = List.copyOf(packages);
    compilerRoots = List.copyOf(compilerRoots);
    knownLimits = List.copyOf(knownLimits);
  }

  /** Reads a definition as {@link org.whonix2.toolchain the package's page} describes it. */
  public static Toolchain parse(byte[] yaml) throws MalformedInputException {
    return DefinitionReader.read(yaml);
  }

  /**
   * The definition of this name that ships with the program; empty where there is none.
   *
   * @throws MalformedInputException if it is not a toolchain's name, or the definition of that name
   *     is malformed or says another name
   */
  public static Optional<Toolchain> named(String name) throws MalformedInputException {
    if (!isName(name)) {
      throw new MalformedInputException(
          "expected a toolchain's name such as gcc-12, found '" + name + "'");
    }
    byte[] yaml;
    try (InputStream in = Toolchain.class.getResourceAsStream("definitions/" + name + ".yaml")) {
      if (in == null) {
        return Optional.empty();
      }
      yaml = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read our own definition of " + name, e);
    }
    Toolchain toolchain = parse(yaml);
    if (!toolchain.name().equals(name)) {
      throw new MalformedInputException(
          name + ".yaml: expected metadata.name '" + name + "', found '" + toolchain.name() + "'");
    }
    return Optional.of(toolchain);
  }

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }
}
