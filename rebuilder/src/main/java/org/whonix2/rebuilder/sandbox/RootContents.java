package org.whonix2.rebuilder.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.statement.Binaries;

/** What a build root is to hold. */
public sealed interface RootContents {
  /** What apt finds the versions and the dependencies for: a base, and on it what is asked for. */
  sealed interface Current extends RootContents {
    /** Packages of the base, besides Debian's buildd variant. */
    List<String> packages();

    /** What apt-get(8) is asked for on top of it. */
    List<String> question();

    /** The question without what differs from job to job. */
    String kind();

    /** A file that the question is about, if any. */
    Optional<Path> control();
  }

  /** Debian's buildd variant and these packages, in the versions that the suite has now. */
  record Packages(List<String> added) implements Current {
    public Packages {
      added = List.copyOf(added);
    }

    @Override
    public List<String> packages() {
      return List.of();
    }

    @Override
    public List<String> question() {
      List<String> question = new ArrayList<>(List.of("install"));
      question.addAll(added);
      return question;
    }

    @Override
    public String kind() {
      return String.join(" ", question());
    }

    @Override
    public Optional<Path> control() {
      return Optional.empty();
    }
  }

  /**
   * Debian's buildd variant, these packages, and the build dependencies, each in the version that
   * the suite has now.
   *
   * @param packages the toolchain's
   * @param announcement the source's .dsc, or its debian/control in a folder of that name; already
   *     verified
   * @param binaries which packages are to be built: those of one architecture need no
   *     Build-Depends-Indep, those of all no Build-Depends-Arch
   */
  record BuildDependencies(List<String> packages, Path announcement, Binaries binaries)
      implements Current {
    public BuildDependencies {
      packages = List.copyOf(packages);
    }

    @Override
    public String kind() {
      return "build-dep " + binaries;
    }

    @Override
    public Optional<Path> control() {
      return Optional.of(announcement);
    }

    @Override
    public List<String> question() {
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
      Path debian = announcement.resolveSibling(".").normalize();
      return announcement.endsWith("debian/control")
          ? debian.resolveSibling(".").normalize()
          : announcement;
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
