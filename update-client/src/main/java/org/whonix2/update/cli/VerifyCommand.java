package org.whonix2.update.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.DebFile;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.verdict.Evidence;
import org.whonix2.core.verdict.LogEvidence;
import org.whonix2.core.verdict.Reason;
import org.whonix2.core.verdict.Verdict;
import org.whonix2.core.verdict.VerdictReport;
import org.whonix2.core.verdict.VerdictRules;
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
    UpdatePolicy policy = policyFile.read(folders);
    Instant now = Instant.now();
    Evidence evidence;
    try (BoxStore store = BoxStore.open(folders.state(), false)) {
      evidence = new KeptEvidence(policy, now).read(store);
    }
    ExitCode worst = ExitCode.DONE;
    ObjectNode report = StrictJson.newObject();
    report.put("policy", policy.name());
    report.put("at", now.toString());
    ArrayNode equivocations = report.putArray("equivocations");
    for (Evidence.Equivocation equivocation : evidence.equivocations()) {
      equivocations.add(equivocation.toString());
      warn("warning: " + equivocation + "; its key is set aside");
    }
    ArrayNode unread = report.putArray("unread");
    for (LogEvidence log : evidence.logs()) {
      unread.addObject().put("log", log.origin()).put("entries", log.unread());
      log.ofRebuilders().forEach(entry -> warn("note: " + log.origin() + ": " + entry));
    }
    ArrayNode results = report.putArray("files");
    for (Path file : files) {
      worst = worst.or(verify(file, policy, evidence, now, results.addObject()));
    }
    if (json) {
      out().println(new String(StrictJson.write(report), StandardCharsets.UTF_8));
    }
    out().flush();
    return worst;
  }

  private ExitCode verify(
      Path file, UpdatePolicy policy, Evidence evidence, Instant now, ObjectNode result) {
    result.put("file", file.toString());
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      BinaryArtifact artifact = DebFile.read(in);
      Verdict verdict = VerdictRules.judge(policy, evidence, artifact, now);
      VerdictReport report = new VerdictReport(policy, verdict);
      result.setAll(report.json());
      if (!json) {
        out().println((verdict.accepted() ? "accepted " : "refused ") + file);
        out().print(report.text());
      }
      return verdict.refusal().map(VerifyCommand::exitCode).orElse(ExitCode.DONE);
    } catch (MalformedInputException e) {
      return unreadable(file, "not a Debian package: " + e.getMessage(), ExitCode.USAGE, result);
    } catch (IOException e) {
      return unreadable(file, "cannot be read: " + e, ExitCode.OUTSIDE_FAILED, result);
    }
  }

  private ExitCode unreadable(Path file, String why, ExitCode code, ObjectNode result) {
    result.put("accepted", false);
    result.put("error", why);
    warn("error: " + file + ": " + why);
    return code;
  }

  private static ExitCode exitCode(Reason.Kind refusal) {
    return switch (refusal) {
      case REFUSED -> ExitCode.REFUSED;
      case EVIDENCE -> ExitCode.EVIDENCE_MISSING;
      case MISBEHAVIOUR -> ExitCode.MISBEHAVIOUR;
    };
  }

  private void warn(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
