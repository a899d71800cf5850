package org.whonix2.rebuilder.bootstrap;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.statement.CompilerBootstrap;
import org.whonix2.core.statement.CompilerFile;
import org.whonix2.rebuilder.sandbox.JobCompiler;
import org.whonix2.toolchain.PlanOutput;
import org.whonix2.toolchain.PlanSource;

/**
 * One stage of a compiler, made.
 *
 * @param number from 1
 * @param sources that it was made of
 * @param folder has the files under their plain names
 * @param environment digest over the packages of the root that it was made in
 * @param libcDev version of libc6-dev there, whose headers and start files are in it
 * @param startedOn whole seconds, as is finishedOn
 */
public record Stage(
    int number,
    List<PlanSource> sources,
    Path folder,
    List<StageFile> files,
    Sha256 environment,
    PackageVersion libcDev,
    Instant startedOn,
    Instant finishedOn) {
  public Stage {
    sources = List.copyOf(sources);
    files = List.copyOf(files);
  }

  /** What stages are compared by. */
  public Sha256 digest() {
    return CompilerBootstrap.stageDigest(compilerFiles());
  }

  /** The files as statements name them, in the plan's order. */
  public List<CompilerFile> compilerFiles() {
    return files.stream()
        .map(
            file ->
                new CompilerFile(
                    file.output().path(), role(file.output()), file.digest(), file.size()))
        .toList();
  }

  private static CompilerFile.Role role(PlanOutput output) {
    return switch (output.role()) {
      case COMPILER -> CompilerFile.Role.COMPILER;
      case RUNTIME -> CompilerFile.Role.RUNTIME;
      case HEADER -> CompilerFile.Role.HEADER;
    };
  }

  /** As a build's compiler. */
  public JobCompiler.Regenerated regenerated() {
    List<PlanOutput> outputs = files.stream().map(StageFile::output).toList();
    return new JobCompiler.Regenerated(sources, folder, outputs);
  }
}
