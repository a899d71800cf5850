package org.whonix2.rebuilder.rebuild;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.whonix2.rebuilder.apt.ArchiveAddress;
import org.whonix2.rebuilder.input.Input;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.RootCache;
import org.whonix2.toolchain.Definitions;
import org.whonix2.toolchain.Toolchain;

/**
 * What to rebuild, and how.
 *
 * @param mirrors that stand for the machine's; none: the machine's
 * @param snapshots archives of the past, besides
 * @param requireUploader whether a source that no known uploader signed is refused
 * @param definitions where plans and other toolchains are found
 * @param compilerRoot one that the toolchain allows
 * @param parallel how many jobs the build may run at a time
 * @param differenceTime how long differences may be looked into; zero for not at all
 * @param vary whether to find out by more builds what of its surroundings changes the bits
 * @param cache how roots are kept for later rebuilds
 * @param out an empty folder for the results, absolute
 * @param state the state folder, absolute
 */
public record RebuildRequest(
    Input input,
    String suite,
    List<ArchiveAddress> mirrors,
    List<ArchiveAddress> snapshots,
    boolean requireUploader,
    Definitions definitions,
    Toolchain toolchain,
    String compilerRoot,
    BuildLimits limits,
    int parallel,
    Duration differenceTime,
    boolean vary,
    RootCache.Settings cache,
    Path out,
    Path state) {
  public RebuildRequest {
    mirrors = List.copyOf(mirrors);
    snapshots = List.copyOf(snapshots);
  }
}
