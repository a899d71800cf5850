package org.whonix2.toolchain;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;

/**
 * Where toolchains and plans are found: those that ship with the program, and beside them a folder
 * of the owner's, with {@code NAME.yaml} for toolchains and {@code plans/NAME.yaml} for plans.
 */
public final class Definitions {
  private final Optional<Path> folder;

  /** What was read once is what was meant: a file that changes meanwhile changes nothing. */
  private final Map<String, Optional<Toolchain>> toolchains = new HashMap<>();

  private final Map<String, Optional<BootstrapPlan>> plans = new HashMap<>();

  private Definitions(Optional<Path> folder) {
    this.folder = folder;
  }

  /** Those that ship with the program. */
  public static Definitions shipped() {
    return new Definitions(Optional.empty());
  }

  /** Those, and those in a folder, which need not exist. */
  public static Definitions with(Path folder) {
    return new Definitions(Optional.of(folder));
  }

  /**
   * The toolchain of this name; empty where there is none.
   *
   * @throws MalformedInputException if it is not a toolchain's name, or the definition of that name
   *     is malformed or says another name
   */
  public synchronized Optional<Toolchain> toolchain(String name)
      throws IOException, MalformedInputException {
    Optional<Toolchain> known = toolchains.get(name);
    if (known == null) {
      known = readToolchain(name);
      toolchains.put(name, known);
    }
    return known;
  }

  private Optional<Toolchain> readToolchain(String name)
      throws IOException, MalformedInputException {
    String file = Forms.name(name) + ".yaml";
    byte[] yaml = find("definitions", "", file, Toolchain.MAX_BYTES);
    if (yaml == null) {
      return Optional.empty();
    }
    try {
      Toolchain toolchain = Toolchain.parse(yaml);
      requireName(name, toolchain.name());
      return Optional.of(toolchain);
    } catch (MalformedInputException e) {
      throw e.at(file);
    }
  }

  /**
   * The plan of this name; empty where there is none.
   *
   * @throws MalformedInputException as of a toolchain; also if one of its files is not there
   */
  public synchronized Optional<BootstrapPlan> plan(String name)
      throws IOException, MalformedInputException {
    Optional<BootstrapPlan> known = plans.get(name);
    if (known == null) {
      known = readPlan(name);
      plans.put(name, known);
    }
    return known;
  }

  private Optional<BootstrapPlan> readPlan(String name)
      throws IOException, MalformedInputException {
    String file = Forms.name(name) + ".yaml";
    byte[] yaml = find("plans", "plans", file, BootstrapPlan.MAX_BYTES);
    if (yaml == null) {
      return Optional.empty();
    }
    try {
      BootstrapPlan plan = PlanReader.read(yaml, this::besidePlan);
      requireName(name, plan.name());
      return Optional.of(plan);
    } catch (MalformedInputException e) {
      throw e.at("plans/" + file);
    }
  }

  private byte[] besidePlan(String name) throws MalformedInputException {
    try {
      byte[] bytes = find("plans", "plans", name, BootstrapPlan.MAX_BYTES);
      if (bytes == null || bytes.length > BootstrapPlan.MAX_BYTES) {
        throw new MalformedInputException(
            "expected a file "
                + name
                + " of at most "
                + BootstrapPlan.MAX_BYTES
                + " bytes beside the plan, found "
                + (bytes == null ? "none" : "a larger one"));
      }
      return bytes;
    } catch (IOException e) {
      throw new MalformedInputException(name + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static void requireName(String expected, String found) throws MalformedInputException {
    if (!found.equals(expected)) {
      throw new MalformedInputException(
          "expected metadata.name '" + expected + "', found '" + found + "'");
    }
  }

  /** At most one byte more than the limit; null if there is no such file. */
  private byte @Nullable [] find(String resources, String below, String file, int limit)
      throws IOException, MalformedInputException {
    byte[] shipped;
    try (InputStream in = Definitions.class.getResourceAsStream(resources + "/" + file)) {
      shipped = in == null ? null : in.readNBytes(limit + 1);
    }
    Path own = folder.map(each -> each.resolve(below).resolve(file)).orElse(null);
    if (own == null || !Files.exists(own)) {
      return shipped;
    }
    if (shipped != null) {
      throw new MalformedInputException(
          own + ": expected a name that nothing has that ships with the program");
    }
    try (InputStream in = Files.newInputStream(own)) {
      return in.readNBytes(limit + 1);
    }
  }
}
