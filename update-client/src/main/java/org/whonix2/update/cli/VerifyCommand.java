package org.whonix2.update.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.verdict.Evidence;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.cli.StateOptions;
import org.whonix2.update.store.BoxStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code whonix2-update verify FILE…}: judges files by the evidence that sync fetched. */
@Command(
    name = "verify",
    description =
        "Says of each package file whether the policy accepts it, and why. Needs no network.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<ExitCode> {
  @Mixin private final StateOptions folders = new StateOptions();
  @Mixin private final PolicyFile policyFile = new PolicyFile();

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Debian binary packages")
  private List<Path> files = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public ExitCode call() throws CommandException, IOException {
    UpdatePolicy policy = policyFile.read(folders).policy();
    Instant now = Instant.now();
    Evidence evidence;
    try (BoxStore store = BoxStore.open(folders.state(), false)) {
      evidence = new KeptEvidence(policy, now).read(store);
    }
    FileVerdicts verdicts = new FileVerdicts(policy, evidence, now, json, spec.commandLine());
    ExitCode worst = ExitCode.DONE;
    for (Path file : files) {
      worst = worst.or(verdicts.file(file));
    }
    verdicts.end();
    return worst;
  }
}
