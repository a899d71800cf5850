package org.whonix2.rebuilder.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.statement.Binaries;

/** What a build root is to hold. */
public sealed interface RootContents {
  /**
   * Debian's buildd variant, these packages, and the build dependencies, each in the version that
   * the suite has now.
   *
   * @param packages the toolchain's
   * @param control the source's .dsc, or its debian/control in a folder of that name; already
   *     verified
   * @param binaries which packages are to be built: those of one architecture need no
   *     Build-Depends-Indep, those of all no Build-Depends-Arch
   */
  record BuildDependencies(List<String> packages, Path control, Binaries binaries)
      implements RootContents {
    public BuildDependencies {
      packages = List.copyOf(packages);
    }

    /** What apt-get(8) is asked for. */
    List<String> question() {
      List<String> question = new ArrayList<>(List.of("build-dep"));
      switch (binaries) {
        case BINARY -> {}
        case ANY -> question.add("--arch-only");
        case ALL -> question.add("--indep-only");
      }
      question.add(forApt().toString());
      return question;
    }

    /** A .dsc, or the folder that debian/control is in. */
    private Path forApt() {
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
