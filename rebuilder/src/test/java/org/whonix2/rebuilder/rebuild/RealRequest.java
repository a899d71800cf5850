package org.whonix2.rebuilder.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.whonix2.io.progress.Progress;
import org.whonix2.rebuilder.input.Input;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.BuildLimits;
import org.whonix2.rebuilder.sandbox.RootCache;
import org.whonix2.toolchain.Definitions;

/** Rebuilds by this machine's archive: what heavy tests ask for. */
public final class RealRequest {
  private RealRequest() {}

  /**
   * By gcc 12 as the archive has it.
   *
   * @param folder has the state, and gets the results in a new folder {@code out}
   */
  public static RebuildRequest of(Input input, Path folder, String out) throws Exception {
    return of(input, "gcc-12", "gcc", folder, out);
  }

  public static RebuildRequest of(
      Input input, String toolchain, String compilerRoot, Path folder, String out)
      throws Exception {
    return new RebuildRequest(
        input,
        "bookworm",
        List.of(),
        List.of(),
        false,
        Definitions.shipped(),
        Definitions.shipped().toolchain(toolchain).orElseThrow(),
        compilerRoot,
        BuildLimits.within(Duration.ofMinutes(20)),
        Math.min(2, Runtime.getRuntime().availableProcessors()),
        Duration.ZERO,
        false,
        RootCache.Settings.STANDARD,
        Files.createDirectory(folder.resolve(out)),
        folder.resolve("state"));
  }

  /** The same, which also builds again with everything varied. */
  public static RebuildRequest varied(RebuildRequest request) {
    return with(request, request.parallel(), true);
  }

  /** The same, one job at a time. */
  public static RebuildRequest serial(RebuildRequest request) {
    return with(request, 1, request.vary());
  }

  private static RebuildRequest with(RebuildRequest request, int parallel, boolean vary) {
    return new RebuildRequest(
        request.input(),
        request.suite(),
        request.mirrors(),
        request.snapshots(),
        request.requireUploader(),
        request.definitions(),
        request.toolchain(),
        request.compilerRoot(),
        request.limits(),
        parallel,
        request.differenceTime(),
        vary,
        request.cache(),
        request.out(),
        request.state());
  }

  public static RebuildResult run(RebuildRequest request) throws Exception {
    return new Rebuild(
            request, new Programs(new Cancellation()), Progress.silent(), Clock.systemUTC())
        .run();
  }

  /** Something was built. */
  public static RebuildResult.Built build(RebuildRequest request) throws Exception {
    RebuildResult result = run(request);
    assertThat(result)
        .as(
            result instanceof RebuildResult.Failed failed
                ? failed.failure() + "\n" + String.join("\n", failed.logEnd())
                : "")
        .isInstanceOf(RebuildResult.Built.class);
    return (RebuildResult.Built) result;
  }
}
