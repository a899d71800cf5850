package org.whonix2.rebuilder.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.cli.StateOptions;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.io.progress.Progress;
import org.whonix2.rebuilder.attest.Attester;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.attest.SequenceNumbers;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.publish.Publisher;
import org.whonix2.rebuilder.rebuild.Rebuild;
import org.whonix2.rebuilder.rebuild.RebuildRequest;
import org.whonix2.rebuilder.rebuild.RebuildResult;
import org.whonix2.toolchain.Toolchain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Rebuilds one source package. */
@Command(
    name = "rebuild",
    description = "Rebuilds a source package, compares it with the archive and attests the result.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class RebuildCommand implements Callable<ExitCode> {
  private static final int MOST_PARALLEL = 1024;
  private static final Pattern SUITE = Pattern.compile("[a-z0-9][a-z0-9.+-]{0,63}");

  @Parameters(
      paramLabel = "SOURCE[=VERSION]",
      arity = "0..1",
      description = "such as net-tools; a binary-only rebuild's version ends in +b1")
  private @Nullable String source;

  @Mixin private InputOptions input = new InputOptions();

  @Option(
      names = "--key",
      paramLabel = "DIR",
      required = true,
      description = "folder that keygen made")
  private Path key = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "new or empty folder for artifacts, logs and attestation")
  private Path out = Path.of("");

  @Option(
      names = "--publish",
      paramLabel = "URL",
      description = "attestation server to send the attestation to")
  private @Nullable String publish;

  @Option(
      names = "--suite",
      defaultValue = "bookworm",
      description = "suite of the archive (default: ${DEFAULT-VALUE})")
  private String suite = "";

  @Option(
      names = "--toolchain",
      defaultValue = "gcc-12",
      description = "compiler environment (default: ${DEFAULT-VALUE})")
  private String toolchain = "";

  @Option(
      names = "--compiler-root",
      defaultValue = "gcc",
      description = "what the compiler was bootstrapped from (default: ${DEFAULT-VALUE})")
  private String compilerRoot = "";

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "jobs that a build may run at a time (default: number of processors)")
  private int parallel = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "print the result as one JSON object")
  private boolean json;

  @Mixin private SandboxOptions sandbox = new SandboxOptions();

  @Mixin private StateOptions options = new StateOptions();

  @Override
  public ExitCode call() throws IOException, CommandException, MalformedInputException {
    URI server = publish == null ? null : Publisher.parseServer(publish);
    RebuildRequest request =
        new RebuildRequest(
            input.input(source),
            checkedSuite(),
            input.mirrors(),
            input.snapshots(),
            input.requireUploader(),
            toolchain(),
            compilerRoot,
            sandbox.limits(),
            checkedParallel(),
            sandbox.cache(),
            out.toAbsolutePath().normalize(),
            options.state().toAbsolutePath().normalize());
    Preconditions.check(request.state(), new Programs(new Cancellation()));
    SecretKey secret = RebuilderKey.open(key, Clock.systemUTC().instant());
    requireNoResults(request.out());
    Files.createDirectories(request.state());
    RebuildResult result = rebuild(request);
    return result instanceof RebuildResult.Built built
        ? attest(request, built, secret, server)
        : showFailure(request, (RebuildResult.Failed) result);
  }

  private static RebuildResult rebuild(RebuildRequest request)
      throws IOException, CommandException, MalformedInputException {
    Cancellation cancellation = new Cancellation();
    Cancellation.Work work = cancellation.onShutdown();
    Progress progress = Progress.onStandardError();
    Rebuild rebuild = new Rebuild(request, new Programs(cancellation), progress, Clock.systemUTC());
    try {
      return rebuild.run();
    } catch (InterruptedIOException e) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED, "interrupted; nothing was attested", null, e);
    } catch (CommandException e) {
      if (e.hint() != null) {
        throw e;
      }
      throw new CommandException(
          e.exitCode(),
          String.valueOf(e.getMessage()),
          "see " + request.out().resolve(Rebuild.PREPARE_LOG),
          e);
    } finally {
      progress.close();
      rebuild.notices().forEach(notice -> System.err.println("note: " + notice));
      work.close();
    }
  }

  private ExitCode attest(
      RebuildRequest request, RebuildResult.Built built, SecretKey secret, @Nullable URI server)
      throws IOException, CommandException, MalformedInputException {
    SequenceNumbers numbers = new SequenceNumbers(key);
    Attester.Attested attested =
        new Attester(secret, numbers, Clock.systemUTC()).attest(request, built);
    Report.Publication publication =
        () ->
            server == null
                ? Optional.empty()
                : Optional.of(publish(server, attested, request.out()));
    Report report = new Report(request, System.out);
    if (json) {
      report.json(built, attested, publication);
    } else {
      report.table(built, attested, publication);
    }
    return ExitCode.DONE;
  }

  private static long publish(URI server, Attester.Attested attested, Path folder)
      throws IOException, CommandException {
    try (Progress progress = Progress.onStandardError();
        HttpTransport http = new HttpTransport(HttpDeadlines.STANDARD)) {
      progress.phase("publishing");
      return Publisher.to(server, http).publish(attested.envelope(), folder);
    }
  }

  private ExitCode showFailure(RebuildRequest request, RebuildResult.Failed failed) {
    failed.logEnd().forEach(line -> System.err.println("| " + line));
    System.err.println(
        "error: the build of " + failed.source() + " failed: " + failed.failure().reason());
    System.err.println("hint: the whole log is " + request.out().resolve("build.log"));
    if (json) {
      new Report(request, System.out).json(failed);
    }
    return ExitCode.REFUSED;
  }

  private int checkedParallel() throws MalformedInputException {
    if (parallel < 1 || parallel > MOST_PARALLEL) {
      throw new MalformedInputException(
          "expected --parallel from 1 to " + MOST_PARALLEL + ", found " + parallel);
    }
    return parallel;
  }

  private String checkedSuite() throws MalformedInputException {
    if (!SUITE.matcher(suite).matches()) {
      throw new MalformedInputException(
          "expected a suite such as bookworm, found " + Quoted.of(suite));
    }
    return suite;
  }

  private Toolchain toolchain() throws CommandException, MalformedInputException {
    Toolchain known =
        Toolchain.named(toolchain)
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.USAGE,
                        "there is no toolchain '" + toolchain + "'",
                        "gcc-12 is the one that can be used"));
    if (!known.compilerRoots().contains(compilerRoot)) {
      throw new CommandException(
          ExitCode.USAGE,
          "toolchain " + toolchain + " cannot come from compiler root '" + compilerRoot + "'",
          "it can come from " + String.join(", ", known.compilerRoots()));
    }
    return known;
  }

  /**
   * Old results beside new ones would be taken for new ones; the log of an attempt that came to no
   * build is none.
   */
  private static void requireNoResults(Path out) throws IOException, CommandException {
    Files.createDirectories(out);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(out)) {
      for (Path file : files) {
        if (!file.endsWith(Rebuild.PREPARE_LOG)) {
          throw new CommandException(
              ExitCode.USAGE,
              out + ": expected a new or empty folder, found " + file.getFileName(),
              "choose another folder with --out");
        }
      }
    }
  }
}
