package org.whonix2.rebuilder.bootstrap;

import java.nio.file.Path;
import java.util.List;
import org.whonix2.rebuilder.apt.ArchiveAddress;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.RootCache;
import org.whonix2.toolchain.BootstrapPlan;
import org.whonix2.toolchain.Definitions;
import org.whonix2.toolchain.PlanRoot;

/**
 * Which compiler to regenerate, and from what.
 *
 * @param roots of the plan
 * @param compared whether to make all stages of each root, so that they can be compared, or only
 *     those that builds need
 * @param mirrors that stand for the machine's; none: the machine's
 * @param processors how many jobs a stage may run at a time
 * @param out an empty folder for the results, absolute
 * @param state the state folder, absolute
 */
public record BootstrapRequest(
    Definitions definitions,
    BootstrapPlan plan,
    List<PlanRoot> roots,
    boolean compared,
    String suite,
    List<ArchiveAddress> mirrors,
    BuildLimits limits,
    int processors,
    RootCache.Settings cache,
    Path out,
    Path state) {
  public BootstrapRequest {
    roots = List.copyOf(roots);
    mirrors = List.copyOf(mirrors);
  }
}
