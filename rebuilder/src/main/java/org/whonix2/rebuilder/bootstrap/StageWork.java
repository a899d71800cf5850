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
import org.whonix2.toolchain.PlanSource;

/**
 * What makes one stage: the sources are unpacked, and the plan's script is run.
 *
 * @param packed names of the sources' .dsc files, or of upstream's tar files
 * @param root name of the compiler root of the whole bootstrap
 */
record StageWork(BootstrapPlan plan, Map<PackageName, String> packed, String root, int stage)
    implements Work {
  /** Where a sandbox shows the sources, and with them the plan's files. */
  private static final String FILES = "/source";

  /** The time that the first source's changelog names, if it has one, stands for all. */
  private static final String RUN =
      """
      SOURCE_DATE_EPOCH=0
      if [ -e "$1/debian/changelog" ]; then
        SOURCE_DATE_EPOCH=$(dpkg-parsechangelog --file "$1/debian/changelog" --show-field Timestamp)
      fi
      export SOURCE_DATE_EPOCH
      exec /bin/sh "$2"
      """;

  @Override
  public List<Step> steps(Surroundings surroundings) {
    String folder = surroundings.buildPath();
    List<Step> steps = new ArrayList<>();
    plan.sources()
        .forEach(
            source -> steps.add(new Step("unpacking " + source.name(), unpacking(source), folder)));
    String first = plan.sources().get(0).name().toString();
    steps.add(
        new Step(
            "stage " + stage,
            List.of("/bin/sh", "-c", RUN, "sh", first, FILES + "/" + plan.script()),
            folder));
    return steps;
  }

  /** apt has checked the files down to the archive's key. */
  private List<String> unpacking(PlanSource source) {
    String from = FILES + "/" + packed.get(source.name());
    String folder = source.name().toString();
    return source.upstream()
        ? List.of(
            "tar",
            "--extract",
            "--file=" + from,
            "--one-top-level=" + folder,
            "--strip-components=1")
        : List.of("dpkg-source", "--no-check", "--no-copy", "--extract", from, folder);
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
