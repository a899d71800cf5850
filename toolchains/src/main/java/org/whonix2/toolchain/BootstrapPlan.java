package org.whonix2.toolchain;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.whonix2.core.digest.Sha256;

/**
 * How a compiler is regenerated from several compiler roots (diverse double-compiling, David A.
 * Wheeler): stage 1 is what a root makes of the compiler's source, each later stage what the stage
 * before makes of the same source.
 *
 * @param makes name of the toolchain whose compiler it is
 * @param packages put into the root of every stage
 * @param uses the stage that builds use
 * @param timeLimit for one stage
 * @param files its script and the files that the script needs, by plain name
 * @param digest over the plan, its script and its files
 */
public record BootstrapPlan(
    String name,
    int revision,
    String makes,
    List<PlanSource> sources,
    List<String> packages,
    List<PlanRoot> roots,
    int uses,
    Duration timeLimit,
    List<PlanOutput> outputs,
    Map<String, byte[]> files,
    Sha256 digest) {
  /** The most bytes a plan, its script or one of its files may have. */
  public static final int MAX_BYTES = 262_144;

  public BootstrapPlan {
    sources = List.copyOf(sources);
    packages = List.copyOf(packages);
    roots = List.copyOf(roots);
    outputs = List.copyOf(outputs);
    files = Collections.unmodifiableMap(new TreeMap<>(files));
  }

  /** The file among {@link #files} that a shell runs to make one stage. */
  public String script() {
    return name + ".sh";
  }

  /** The root of this name, if the plan has one. */
  public Optional<PlanRoot> root(String root) {
    return roots.stream().filter(each -> each.name().equals(root)).findFirst();
  }
}
