package org.whonix2.rebuilder.sandbox;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.whonix2.core.MalformedInputException;

/** What a build root is to hold. */
public sealed interface RootContents {
  /**
   * Debian's buildd variant, these packages, and the build dependencies, each in the version that
   * the suite has now.
   *
   * @param packages the toolchain's
   * @param control the source's .dsc, or its debian/control in a folder of that name; already
   *     verified
   */
  record BuildDependencies(List<String> packages, Path control) implements RootContents {
    public BuildDependencies {
      packages = List.copyOf(packages);
    }

    /** As apt-get(8) takes it: a .dsc, or the folder that debian/control is in. */
    Path forApt() {
      Path debian = control.resolveSibling(".").normalize();
      return control.endsWith("debian/control") ? debian.resolveSibling(".").normalize() : control;
    }
  }

  /** Exactly these packages and nothing else, as a .buildinfo lists them. */
  record Exact(List<ExactPackage> packages) implements RootContents {
    /** Checks that every package stands there once. */
    public static Exact of(List<ExactPackage> packages) throws MalformedInputException {
      Set<String> seen = new HashSet<>();
      for (ExactPackage each : packages) {
        if (!seen.add(each.name() + ":" + each.architecture())) {
          throw new MalformedInputException(
              "expected each package once, found twice: " + each.name());
        }
      }
      if (packages.isEmpty()) {
        throw new MalformedInputException("expected packages for a build root, found none");
      }
      return new Exact(packages);
    }

    public Exact {
      packages = List.copyOf(packages);
    }
  }
}
