package org.whonix2.rebuilder.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.cli.StateOptions;
import org.whonix2.io.progress.Progress;
import org.whonix2.rebuilder.apt.ArchiveAddress;
import org.whonix2.rebuilder.attest.BootstrapAttester;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.attest.SequenceNumbers;
import org.whonix2.rebuilder.bootstrap.BootstrapRequest;
import org.whonix2.rebuilder.bootstrap.BootstrapRun;
import org.whonix2.rebuilder.bootstrap.UsedStage;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.toolchain.BootstrapPlan;
import org.whonix2.toolchain.Definitions;
import org.whonix2.toolchain.PlanRoot;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Regenerates a compiler from another one, or from several. */
@Command(
    name = "bootstrap",
    description = {
      "Compiles a reference compiler's source by another compiler, and again by what came out, and"
          + " attests each stage that builds can use.",
      "Exits with 4 if compiler roots come to different compilers: one of them puts something in."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class BootstrapCommand implements Callable<ExitCode> {
  @Option(
      names = "--reference",
      paramLabel = "PLAN",
      required = true,
      description = "which compiler to regenerate, such as tcc, pcc, gcc-12")
  private String reference = "";

  /** One of them. */
  static final class Roots {
    @Option(
        names = "--compiler-root",
        paramLabel = "ROOT",
        description = "the compiler to begin with, such as gcc, clang, pcc")
    private @Nullable String one;

    @Option(names = "--all-roots", description = "begin with each of them, and compare what comes")
    private boolean all;
  }

  @ArgGroup(multiplicity = "1")
  private Roots roots = new Roots();

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
      description = "new or empty folder for compilers, logs and attestations")
  private Path out = Path.of("");

  @Option(
      names = "--suite",
      defaultValue = "bookworm",
      description = "suite of the archive (default: ${DEFAULT-VALUE})")
  private String suite = "";

  @Option(
      names = "--mirror",
      paramLabel = "URL[ SUITE]",
      description = "archive to use in place of the machine's; may be given again")
  private List<String> mirrors = new ArrayList<>();

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "jobs that a stage may run at a time (default: number of processors)")
  private int parallel = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "print the result as one JSON object")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private SandboxOptions sandbox = new SandboxOptions();

  @Mixin private StateOptions options = new StateOptions();

  @Override
  public ExitCode call() throws IOException, CommandException, MalformedInputException {
    if (spec.commandLine().getParseResult().hasMatchedOption("--time-limit")) {
      throw new CommandException(
          ExitCode.USAGE, "expected no --time-limit, as a plan has its own, found one");
    }
    Definitions definitions = Definitions.with(options.config().resolve("toolchains"));
    BootstrapPlan plan = plan(definitions);
    List<ArchiveAddress> archives = InputOptions.addresses(mirrors, suite);
    BootstrapRequest request =
        new BootstrapRequest(
            definitions,
            plan,
            chosen(plan),
            roots.all,
            RebuildCommand.checkedSuite(suite),
            archives,
            sandbox.limits(),
            RebuildCommand.checkedParallel(parallel),
            sandbox.cache(),
            out.toAbsolutePath().normalize(),
            options.state().toAbsolutePath().normalize());
    Preconditions.check(request.state(), new Programs(new Cancellation()));
    SecretKey secret = RebuilderKey.open(key, Clock.systemUTC().instant());
    requireEmpty(request.out());
    Files.createDirectories(request.state());
    BootstrapRun.Result result = run(request);
    BootstrapAttester attester =
        new BootstrapAttester(secret, new SequenceNumbers(key), Clock.systemUTC());
    BootstrapReport report =
        new BootstrapReport(request, result, attester.attest(request, result), System.out);
    if (json) {
      report.json();
    } else {
      report.table();
    }
    return report.exitCode();
  }

  private BootstrapRun.Result run(BootstrapRequest request)
      throws IOException, CommandException, MalformedInputException {
    Cancellation cancellation = new Cancellation();
    Cancellation.Work work = cancellation.onShutdown();
    Progress progress = Progress.onStandardError();
    try {
      return new BootstrapRun(request, new Programs(cancellation), progress, Clock.systemUTC())
          .run();
    } catch (InterruptedIOException e) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED, "interrupted; nothing was attested", null, e);
    } finally {
      progress.close();
      work.close();
    }
  }

  private BootstrapPlan plan(Definitions definitions)
      throws IOException, CommandException, MalformedInputException {
    return definitions
        .plan(reference)
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.USAGE,
                    "there is no bootstrap plan '" + reference + "'",
                    "docs/toolchains.md lists those that ship with this program; others go into "
                        + options.config().resolve("toolchains/plans")));
  }

  private List<PlanRoot> chosen(BootstrapPlan plan) throws CommandException {
    if (roots.all) {
      return plan.roots();
    }
    return List.of(UsedStage.root(plan, String.valueOf(roots.one)));
  }

  private static void requireEmpty(Path out) throws IOException, CommandException {
    Files.createDirectories(out);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(out)) {
      for (Path file : files) {
        throw new CommandException(
            ExitCode.USAGE,
            out + ": expected a new or empty folder, found " + file.getFileName(),
            "choose another folder with --out");
      }
    }
  }
}
