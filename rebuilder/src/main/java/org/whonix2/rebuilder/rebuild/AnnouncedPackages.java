package org.whonix2.rebuilder.rebuild;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.deb822.Deb822;

/**
 * The binary packages that a .dsc says its source builds for an architecture (its field
 * Package-List), or that debian/control has paragraphs of. Fewer may come out, where a profile
 * leaves some out, and more: debug symbols are not announced.
 */
final class AnnouncedPackages {
  private static final String FIELD = "Package-List:";
  private static final int MOST = 20_000;

  private AnnouncedPackages() {}

  /**
   * Reads the names.
   *
   * @param dsc the whole file, with or without a signature around it; its digest is the archive's
   */
  static List<PackageName> of(String dsc, Architecture architecture)
      throws MalformedInputException {
    Set<PackageName> names = new LinkedHashSet<>();
    boolean inside = false;
    for (String line : dsc.split("\n", -1)) {
      if (!line.startsWith(" ") && !line.startsWith("\t")) {
        inside = line.startsWith(FIELD);
        continue;
      }
      String[] words = line.strip().split("\\s+", -1);
      if (inside && words.length >= 5 && words[1].equals("deb") && isFor(words, architecture)) {
        names.add(PackageName.parse(words[0]));
      }
      if (names.size() > MOST) {
        throw new MalformedInputException("expected at most " + MOST + " packages in " + FIELD);
      }
    }
    return List.copyOf(names);
  }

  /** Reads the names in a debian/control (deb-src-control(5)). */
  static List<PackageName> ofControl(String control, Architecture architecture)
      throws MalformedInputException {
    Set<PackageName> names = new LinkedHashSet<>();
    for (Deb822 paragraph : Deb822.parseAll(control)) {
      if (paragraph.get("Package").isPresent()
          && paragraph.get("Build-Profiles").isEmpty()
          && paragraph.get("Package-Type").isEmpty()
          && isAmong(paragraph.words("Architecture"), architecture)) {
        names.add(PackageName.parse(paragraph.require("Package")));
      }
      if (names.size() > MOST) {
        throw new MalformedInputException("expected at most " + MOST + " packages, found more");
      }
    }
    return List.copyOf(names);
  }

  /** Wildcards count where they plainly match; a profile may leave a package out. */
  private static boolean isFor(String[] words, Architecture architecture) {
    for (int i = 4; i < words.length; i++) {
      if (words[i].startsWith("profile=")) {
        return false;
      }
    }
    for (int i = 4; i < words.length; i++) {
      if (words[i].startsWith("arch=")) {
        return isAmong(List.of(words[i].substring("arch=".length()).split(",", -1)), architecture);
      }
    }
    return false;
  }

  private static boolean isAmong(List<String> architectures, Architecture architecture) {
    return architectures.contains("all")
        || architectures.contains("any")
        || architectures.contains("linux-any")
        || architectures.contains("any-" + architecture)
        || architectures.contains(architecture.value());
  }
}
