package org.whonix2.update.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageName;
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

/** {@code whonix2-update explain PACKAGE|FILE…}: the votes and reasons behind a verdict. */
@Command(
    name = "explain",
    description = {
      "Tells who voted for a package, who did not and why it is refused or accepted.",
      "A FILE has a slash in it, or ends in .deb; of a PACKAGE everything is told that was attested"
          + " under its name, and it is enough for success that one of these is accepted."
    },
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<ExitCode> {
  @Mixin private final StateOptions folders = new StateOptions();
  @Mixin private final PolicyFile policyFile = new PolicyFile();

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  @Parameters(paramLabel = "PACKAGE|FILE", arity = "1..*", description = "what to explain")
  private List<String> subjects = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public ExitCode call() throws CommandException, IOException, MalformedInputException {
    UpdatePolicy policy = policyFile.read(folders).policy();
    Instant now = Instant.now();
    Evidence evidence;
    try (BoxStore store = BoxStore.open(folders.state(), false)) {
      evidence = new KeptEvidence(policy, now).read(store);
    }
    FileVerdicts verdicts = new FileVerdicts(policy, evidence, now, json, spec.commandLine());
    ExitCode worst = ExitCode.DONE;
    for (String subject : subjects) {
      boolean file = subject.contains("/") || subject.endsWith(".deb");
      worst =
          worst.or(
              file
                  ? verdicts.file(Path.of(subject))
                  : explain(PackageName.parse(subject), evidence, verdicts));
    }
    verdicts.end();
    return worst;
  }

  private static ExitCode explain(PackageName name, Evidence evidence, FileVerdicts verdicts) {
    List<BinaryArtifact> known =
        evidence.artifacts().stream()
            .filter(artifact -> artifact.identity().name().equals(name))
            .toList();
    if (known.isEmpty()) {
      verdicts.warn("error: no rebuilder of the policy says anything of " + name);
      verdicts.warn(
          "hint: run whonix2-update sync; if that changes nothing, nobody has rebuilt it yet");
      return ExitCode.REFUSED;
    }
    ExitCode worst = ExitCode.DONE;
    boolean accepted = false;
    for (BinaryArtifact artifact : known) {
      ExitCode code = verdicts.artifact(artifact);
      accepted |= code == ExitCode.DONE;
      worst = worst.or(code);
    }
    return accepted ? ExitCode.DONE : worst;
  }
}
