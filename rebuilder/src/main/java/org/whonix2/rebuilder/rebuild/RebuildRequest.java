package org.whonix2.rebuilder.rebuild;

import java.nio.file.Path;
import java.time.Duration;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.RootCache;
import org.whonix2.toolchain.Toolchain;

/**
 * What to rebuild, and how.
 *
 * @param compilerRoot one that the toolchain allows
 * @param parallel how many jobs the build may run at a time
 * @param differenceTime how long differences may be looked into; zero for not at all
 * @param vary whether to find out by more builds what of its surroundings changes the bits
 * @param cache how roots are kept for later rebuilds
 * @param out an empty folder for the results, absolute
 * @param state the state folder, absolute
 */
public record RebuildRequest(
    SourceRequest source,
    String suite,
    Toolchain toolchain,
    String compilerRoot,
    BuildLimits limits,
    int parallel,
    Duration differenceTime,
    boolean vary,
    RootCache.Settings cache,
    Path out,
    Path state) {}
