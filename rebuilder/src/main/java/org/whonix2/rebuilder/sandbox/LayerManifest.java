package org.whonix2.rebuilder.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;

/**
 * What a cached layer is.
 *
 * @param below the state of the layer below it when it was made, if there is one
 * @param state digest over name, kind, mode, owner, size, links and times of all its files
 * @param bytes its size on disk
 * @param packages all that are installed in a root of this layer and the one below, sorted
 */
record LayerManifest(
    String suite, Optional<Sha256> below, Sha256 state, long bytes, List<ExactPackage> packages) {
  static final int MAX_BYTES = 4 << 20;
  private static final String FORM = "whonix2 layer 1";

  LayerManifest {
    packages = List.copyOf(packages);
  }

  /** Reads a manifest; the inverse of {@link #toString}. */
  static LayerManifest parse(byte[] bytes) throws MalformedInputException {
    List<String> lines =
        new ArrayList<>(List.of(new String(bytes, StandardCharsets.UTF_8).split("\n")));
    if (lines.size() < 6 || !lines.get(0).equals(FORM)) {
      throw new MalformedInputException("expected a manifest '" + FORM + "', found another file");
    }
    String below = value(lines.get(2), "below ");
    String size = value(lines.get(4), "bytes ");
    if (!size.matches("[0-9]{1,15}")) {
      throw new MalformedInputException("line 5: expected a size in bytes");
    }
    List<ExactPackage> packages = new ArrayList<>();
    for (String line : lines.subList(5, lines.size())) {
      String[] words = line.split(" ", -1);
      if (words.length != 3) {
        throw new MalformedInputException("expected a package's name, version and architecture");
      }
      packages.add(
          new ExactPackage(
              PackageName.parse(words[0]),
              PackageVersion.parse(words[1]),
              Architecture.parse(words[2])));
    }
    return new LayerManifest(
        value(lines.get(1), "suite "),
        below.equals("-") ? Optional.empty() : Optional.of(Sha256.parse(below)),
        Sha256.parse(value(lines.get(3), "state ")),
        Long.parseLong(size),
        packages);
  }

  private static String value(String line, String key) throws MalformedInputException {
    if (!line.startsWith(key)) {
      throw new MalformedInputException("expected a line '" + key + "…'");
    }
    return line.substring(key.length());
  }

  byte[] toBytes() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(FORM);
    text.append("\nsuite ").append(suite);
    text.append("\nbelow ").append(below.map(Sha256::toString).orElse("-"));
    text.append("\nstate ").append(state);
    text.append("\nbytes ").append(bytes).append('\n');
    packages.forEach(each -> text.append(each).append('\n'));
    return text.toString();
  }
}
