package org.whonix2.rebuilder.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.toolchain.PackagePin;
import org.whonix2.toolchain.PlanOutput;
import org.whonix2.toolchain.PlanSource;
import org.whonix2.toolchain.Toolchain;

/**
 * The compiler of one build, and what of the other ones is in its root.
 *
 * @param regenerated the toolchain's compiler, where it is not the one that its packages bring
 */
public record JobCompiler(Toolchain toolchain, Optional<Regenerated> regenerated) {
  /**
   * A compiler's files.
   *
   * @param sources what they were made of; a package of the name of a source, if it is installed,
   *     must be of its version, as the rest of it stays
   * @param folder has them under their plain names; below the state folder
   */
  public record Regenerated(List<PlanSource> sources, Path folder, List<PlanOutput> files) {
    public Regenerated {
      sources = List.copyOf(sources);
      files = List.copyOf(files);
    }
  }

  /**
   * Requires that what is installed is the toolchain's.
   *
   * @throws CommandException if a package is in a version that the definition does not name
   */
  public void require(BuildRoot root) throws CommandException {
    List<PackagePin> pins = new ArrayList<>(toolchain.packages());
    regenerated.stream()
        .flatMap(each -> each.sources().stream())
        .filter(source -> root.holds(source.name().toString()))
        .forEach(source -> pins.add(new PackagePin(source.name(), List.of(source.version()))));
    for (PackagePin pin : pins) {
      List<ExactPackage> found =
          root.packages().stream().filter(each -> each.name().equals(pin.name())).toList();
      if (found.isEmpty() || !found.stream().allMatch(each -> pin.allows(each.version()))) {
        throw new CommandException(
            ExitCode.REFUSED,
            "toolchain "
                + toolchain.name()
                + " is of "
                + pin.name()
                + " "
                + pin.versions().stream().map(String::valueOf).collect(Collectors.joining(" or "))
                + ", the build root has "
                + (found.isEmpty() ? "none" : found.get(0).version()),
            "a newer whonix2-rebuilder may know this version; a definition of your own goes into"
                + " the configuration folder's toolchains/");
      }
    }
  }
}
