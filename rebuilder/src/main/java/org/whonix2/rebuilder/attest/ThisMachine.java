package org.whonix2.rebuilder.attest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.statement.Platform;
import org.whonix2.io.files.AtomicFiles;

/** Reads from the kernel and from os-release(5) what this machine is. */
public final class ThisMachine {
  private static final int MAX_BYTES = 16 << 20;
  private static final int LONGEST = 200;

  /** What processors call their makers (CPUID leaf 0), and what people do. */
  private static final Map<String, String> VENDORS =
      Map.of("AuthenticAMD", "AMD", "GenuineIntel", "Intel", "HygonGenuine", "Hygon");

  private ThisMachine() {}

  /**
   * The platform of a build that ran natively.
   *
   * @param architecture of the build, which is the machine's
   */
  public static Platform describe(Architecture architecture) throws IOException {
    String cpu = read(Path.of("/proc/cpuinfo"));
    String vendor =
        field(cpu, "vendor_id", ":").or(() -> field(cpu, "CPU implementer", ":")).orElse("unknown");
    return new Platform(
        architecture.toString(),
        false,
        VENDORS.getOrDefault(vendor, vendor),
        field(cpu, "model name", ":").or(() -> field(cpu, "CPU part", ":")).orElse("unknown"),
        printable(read(Path.of("/proc/sys/kernel/ostype"))).toLowerCase(Locale.ROOT),
        printable(read(Path.of("/proc/sys/kernel/osrelease"))),
        field(read(Path.of("/etc/os-release")), "PRETTY_NAME", "=").orElse("unknown"));
  }

  private static String read(Path file) throws IOException {
    return new String(AtomicFiles.read(file, MAX_BYTES), StandardCharsets.UTF_8);
  }

  /** The first line with this name. */
  static Optional<String> field(String text, String name, String separator) {
    return text.lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip())
        .filter(rest -> rest.startsWith(separator))
        .map(rest -> printable(rest.substring(separator.length()).replace("\"", "")))
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  private static String printable(String text) {
    String ascii = text.strip().replaceAll("[^ -~]", "?");
    return ascii.substring(0, Math.min(LONGEST, ascii.length()));
  }
}
