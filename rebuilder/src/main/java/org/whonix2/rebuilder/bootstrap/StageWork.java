package org.whonix2.rebuilder.bootstrap;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.rebuilder.sandbox.Surroundings;
import org.whonix2.rebuilder.sandbox.Work;
import org.whonix2.toolchain.BootstrapPlan;
import org.whonix2.toolchain.PlanOutput;

/**
 * What makes one stage: the sources are unpacked, and the plan's script is run.
 *
 * @param dscs names of the sources' .dsc files, in the plan's order
 * @param root name of the compiler root of the whole bootstrap
 */
record StageWork(BootstrapPlan plan, Map<PackageName, String> dscs, String root, int stage)
    implements Work {
  /** Where a sandbox shows the sources, and with them the plan's files. */
  private static final String FILES = "/source";

  /** The time that the first source's changelog names stands for all that is compiled. */
  private static final String RUN =
      """
      SOURCE_DATE_EPOCH=$(dpkg-parsechangelog --file "$1/debian/changelog" --show-field Timestamp)
      export SOURCE_DATE_EPOCH
      exec /bin/sh "$2"
      """;

  @Override
  public List<Step> steps(Surroundings surroundings) {
    String folder = surroundings.buildPath();
    List<Step> steps = new ArrayList<>();
    plan.sources()
        .forEach(
            source ->
                steps.add(
                    new Step(
                        "unpacking " + source.name(),
                        List.of(
                            "dpkg-source",
                            // apt has checked it down to the archive's key.
                            "--no-check",
                            "--no-copy",
                            "--extract",
                            FILES + "/" + dscs.get(source.name()),
                            source.name().toString()),
                        folder)));
    String first = plan.sources().get(0).name().toString();
    steps.add(
        new Step(
            "stage " + stage,
            List.of("/bin/sh", "-c", RUN, "sh", first, FILES + "/" + plan.script()),
            folder));
    return steps;
  }

  @Override
  public Map<String, String> environment(Surroundings surroundings) {
    return new TreeMap<>(
        Map.of(
            "STAGE",
            Integer.toString(stage),
            "ROOT",
            root,
            "JOBS",
            Integer.toString(surroundings.processors()),
            "PLAN_FILES",
            FILES));
  }

  @Override
  public List<String> results() {
    return plan.outputs().stream().map(PlanOutput::file).toList();
  }
}
