package org.whonix2.rebuilder.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.cli.StateOptions;
import org.whonix2.io.cli.TimeSpan;
import org.whonix2.io.progress.Progress;
import org.whonix2.rebuilder.attest.Attester;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.attest.SequenceNumbers;
import org.whonix2.rebuilder.difference.Diffoscope;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.publish.FilePublisher;
import org.whonix2.rebuilder.publish.NamedFile;
import org.whonix2.rebuilder.publish.Publisher;
import org.whonix2.rebuilder.rebuild.Agreement;
import org.whonix2.rebuilder.rebuild.Rebuild;
import org.whonix2.rebuilder.rebuild.RebuildRequest;
import org.whonix2.rebuilder.rebuild.RebuildResult;
import org.whonix2.rebuilder.variation.Findings;
import org.whonix2.toolchain.Definitions;
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
  private static final Pattern STAGE_LOG = Pattern.compile("[a-z0-9.-]+-stage-[1-9]\\.log");
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
      description =
          "attestation server to send the attestation to, with the build's log and .buildinfo, and"
              + " with the packages that are a mismatch")
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
      names = "--vary",
      description = {
        "build again with time, zone, locale, umask, user, host, path, processors, file order and",
        "kernel personality varied, and find out which of them changes the bits"
      })
  private boolean vary;

  @Option(
      names = "--diffoscope-time",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = TimeSpan.class,
      description =
          "how long differences from the archive may be looked into (default: ${DEFAULT-VALUE})")
  private Duration diffoscopeTime = Duration.ZERO;

  @Option(
      names = "--no-diffoscope",
      description = "do not fetch what the archive has instead, nor look into the difference")
  private boolean noDiffoscope;

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
    String checked = checkedSuite(suite);
    Definitions definitions = Definitions.with(options.config().resolve("toolchains"));
    RebuildRequest request =
        new RebuildRequest(
            input.input(source),
            checked,
            input.mirrors(checked),
            input.snapshots(checked),
            input.requireUploader(),
            definitions,
            toolchain(definitions),
            compilerRoot,
            sandbox.limits(),
            checkedParallel(parallel),
            noDiffoscope ? Duration.ZERO : diffoscopeTime,
            vary,
            sandbox.cache(),
            out.toAbsolutePath().normalize(),
            options.state().toAbsolutePath().normalize());
    Preconditions.check(request.state(), new Programs(new Cancellation()));
    if (vary && !Programs.isInstalled("disorderfs")) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          "--vary needs disorderfs, to list files in another order",
          "apt-get install --no-install-recommends disorderfs");
    }
    SecretKey secret = RebuilderKey.open(key, Clock.systemUTC().instant());
    requireNoResults(request.out());
    Files.createDirectories(request.state());
    RebuildResult result = rebuild(request);
    if (result instanceof RebuildResult.Failed failed) {
      showFailure(request, failed);
    }
    return attest(request, result, secret, server);
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

  /** Whatever came of it is stated, and published if asked for. */
  private ExitCode attest(
      RebuildRequest request, RebuildResult result, SecretKey secret, @Nullable URI server)
      throws IOException, CommandException, MalformedInputException {
    SequenceNumbers numbers = new SequenceNumbers(key);
    Attester.Attested attested =
        new Attester(secret, numbers, Clock.systemUTC()).attest(request, result);
    if (result instanceof RebuildResult.Built built
        && attested.statement() instanceof RebuildFailure failure) {
      System.err.println(
          "error: "
              + built.comparisons().size()
              + " packages came out, which no attestation can state: attested as "
              + failure.reason());
    } else if (!Diffoscope.isInstalled() && !noDiffoscope) {
      hintAtDiffoscope(result);
    }
    Report.Publication publication =
        () ->
            server == null
                ? Optional.empty()
                : Optional.of(Publisher.publish(server, attested.envelope(), request.out()));
    Report report = new Report(request, System.out);
    if (json) {
      report.json(result, attested, publication);
    } else {
      report.table(result, attested, publication);
    }
    if (server != null) {
      List<NamedFile> files = NamedFile.of(request.out(), attested.statement(), mismatches(result));
      FilePublisher.publish(server, files, request.out());
    }
    if (result instanceof RebuildResult.Built built
        && built.variation().flatMap(Findings::trouble).isPresent()) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          "cannot vary everything: " + built.variation().flatMap(Findings::trouble).get(),
          "the rebuild itself is attested");
    }
    return attested.statement() instanceof RebuildFailure ? ExitCode.REFUSED : ExitCode.DONE;
  }

  /** What others have to be able to look at, if it is to count against the archive. */
  private static Set<Sha256> mismatches(RebuildResult result) {
    return result instanceof RebuildResult.Built built
        ? built.comparisons().stream()
            .filter(each -> each.agreement() == Agreement.MISMATCH)
            .map(each -> each.artifact().digest())
            .collect(Collectors.toSet())
        : Set.of();
  }

  private static void hintAtDiffoscope(RebuildResult result) {
    if (result instanceof RebuildResult.Built built
        && built.comparisons().stream().anyMatch(each -> each.agreement().differs())) {
      System.err.println(
          "hint: diffoscope would show what differs: apt-get install --no-install-recommends"
              + " diffoscope-minimal binutils");
    }
  }

  private static void showFailure(RebuildRequest request, RebuildResult.Failed failed) {
    failed.logEnd().forEach(line -> System.err.println("| " + line));
    System.err.println(
        "error: the build of "
            + failed.attempt().source()
            + " failed: "
            + failed.failure().reason());
    System.err.println("hint: the whole log is " + request.out().resolve(Rebuild.BUILD_LOG));
  }

  static int checkedParallel(int parallel) throws MalformedInputException {
    if (parallel < 1 || parallel > MOST_PARALLEL) {
      throw new MalformedInputException(
          "expected --parallel from 1 to " + MOST_PARALLEL + ", found " + parallel);
    }
    return parallel;
  }

  static String checkedSuite(String suite) throws MalformedInputException {
    if (!SUITE.matcher(suite).matches()) {
      throw new MalformedInputException(
          "expected a suite such as bookworm, found " + Quoted.of(suite));
    }
    return suite;
  }

  private Toolchain toolchain(Definitions definitions)
      throws IOException, CommandException, MalformedInputException {
    Toolchain known =
        definitions
            .toolchain(toolchain)
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.USAGE,
                        "there is no toolchain '" + toolchain + "'",
                        "docs/toolchains.md lists those that ship with this program; others go into "
                            + options.config().resolve("toolchains")));
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
        String name = String.valueOf(file.getFileName());
        if (!name.equals(Rebuild.PREPARE_LOG) && !STAGE_LOG.matcher(name).matches()) {
          throw new CommandException(
              ExitCode.USAGE,
              out + ": expected a new or empty folder, found " + file.getFileName(),
              "choose another folder with --out");
        }
      }
    }
  }
}
