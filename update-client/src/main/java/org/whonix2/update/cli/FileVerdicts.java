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
import org.whonix2.io.cli.ExitCode;
import picocli.CommandLine;

/** Judges one thing after the other under one policy at one time, and tells people or programs. */
final class FileVerdicts {
  private final UpdatePolicy policy;
  private final Evidence evidence;
  private final Instant now;
  private final boolean json;
  private final PrintWriter out;
  private final PrintWriter err;
  private final ObjectNode report = StrictJson.newObject();
  private final ArrayNode results;
  private boolean refused;

  FileVerdicts(
      UpdatePolicy policy, Evidence evidence, Instant now, boolean json, CommandLine commandLine) {
    this.policy = policy;
    this.evidence = evidence;
    this.now = now;
    this.json = json;
    this.out = commandLine.getOut();
    this.err = commandLine.getErr();
    report.put("policy", policy.name());
    report.put("at", now.toString());
    tellEquivocations(evidence, report, err);
    ArrayNode unread = report.putArray("unread");
    for (LogEvidence log : evidence.logs()) {
      unread.addObject().put("log", log.origin()).put("entries", log.unread());
      log.ofRebuilders().forEach(entry -> warn("note: " + log.origin() + ": " + entry));
    }
    this.results = report.putArray("files");
  }

  /** Whose keys are set aside: to people as warnings, and to programs. */
  static void tellEquivocations(Evidence evidence, ObjectNode report, PrintWriter err) {
    ArrayNode equivocations = report.putArray("equivocations");
    for (Evidence.Equivocation equivocation : evidence.equivocations()) {
      equivocations.add(equivocation.toString());
      err.println("warning: " + equivocation + "; its key is set aside");
    }
    err.flush();
  }

  /** Judges a file by its bytes. */
  ExitCode file(Path file) {
    ObjectNode result = results.addObject();
    result.put("file", file.toString());
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      return artifact(file.toString(), DebFile.read(in), result);
    } catch (MalformedInputException e) {
      return unreadable(file, "not a Debian package: " + e.getMessage(), ExitCode.USAGE, result);
    } catch (IOException e) {
      return unreadable(file, "cannot be read: " + e, ExitCode.OUTSIDE_FAILED, result);
    }
  }

  /** Judges bits that an attestation names. */
  ExitCode artifact(BinaryArtifact artifact) {
    return artifact(artifact.identity().toString(), artifact, results.addObject());
  }

  private ExitCode artifact(String called, BinaryArtifact artifact, ObjectNode result) {
    Verdict verdict = VerdictRules.judge(policy, evidence, artifact, now);
    VerdictReport told = new VerdictReport(verdict);
    result.setAll(told.json());
    if (!json) {
      out.println((verdict.accepted() ? "accepted " : "refused ") + called);
      out.print(told.text());
      refused |= !verdict.accepted();
    }
    return verdict.refusal().map(FileVerdicts::exitCode).orElse(ExitCode.DONE);
  }

  static ExitCode exitCode(Reason.Kind refusal) {
    return switch (refusal) {
      case REFUSED -> ExitCode.REFUSED;
      case EVIDENCE -> ExitCode.EVIDENCE_MISSING;
      case MISBEHAVIOUR -> ExitCode.MISBEHAVIOUR;
    };
  }

  private ExitCode unreadable(Path file, String why, ExitCode code, ObjectNode result) {
    result.put("accepted", false);
    result.put("error", why);
    warn("error: " + file + ": " + why);
    return code;
  }

  void warn(String line) {
    err.println(line);
    err.flush();
  }

  /** Prints what was gathered for programs, or where people read more. */
  void end() {
    if (json) {
      out.println(new String(StrictJson.write(report), StandardCharsets.UTF_8));
    } else if (refused) {
      out.println("read more: man whonix2-update");
    }
    out.flush();
  }
}
