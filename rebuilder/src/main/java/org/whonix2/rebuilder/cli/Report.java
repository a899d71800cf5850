package org.whonix2.rebuilder.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.statement.GitSource;
import org.whonix2.core.statement.GitSubmodule;
import org.whonix2.io.cli.CommandException;
import org.whonix2.rebuilder.attest.Attester;
import org.whonix2.rebuilder.input.BuildInput;
import org.whonix2.rebuilder.rebuild.Agreement;
import org.whonix2.rebuilder.rebuild.Comparison;
import org.whonix2.rebuilder.rebuild.Rebuild;
import org.whonix2.rebuilder.rebuild.RebuildRequest;
import org.whonix2.rebuilder.rebuild.RebuildResult;
import org.whonix2.rebuilder.variation.Findings;

/** A rebuild's result on standard output: a table for people, or one JSON object for programs. */
final class Report {
  private final RebuildRequest request;
  private final PrintStream out;

  Report(RebuildRequest request, PrintStream out) {
    this.request = request;
    this.out = out;
  }

  /** Brings an attestation into the log. */
  interface Publication {
    /** Its index there; empty if it is not to be published. */
    Optional<Long> publish() throws IOException, CommandException;
  }

  /** For people: the result first, since publishing may fail. */
  void table(RebuildResult result, Attester.Attested attested, Publication publication)
      throws IOException, CommandException {
    if (result instanceof RebuildResult.Built built) {
      table(built);
    } else {
      out.printf(Locale.ROOT, "%s: failed%n", result.attempt().source());
    }
    out.printf(
        Locale.ROOT,
        "attested by %s as its number %d%n",
        attested.rebuilder(),
        attested.sequence());
    out.flush();
    Optional<Long> index = publication.publish();
    out.println(index.map(number -> "in the log at index " + number).orElse("not published"));
  }

  /** For programs: one object, which has no index if publishing fails. */
  void json(RebuildResult result, Attester.Attested attested, Publication publication)
      throws IOException, CommandException {
    Optional<Long> index = Optional.empty();
    try {
      index = publication.publish();
    } finally {
      ObjectNode report = head(result.attempt());
      if (result instanceof RebuildResult.Built built) {
        describe(report, built);
      } else {
        describe(report, (RebuildResult.Failed) result);
      }
      ObjectNode attestation = report.putObject("attestation");
      attestation.put("rebuilder", attested.rebuilder().toString());
      attestation.put("sequence", attested.sequence());
      index.ifPresent(number -> attestation.put("index", number));
      out.println(new String(StrictJson.write(report), StandardCharsets.UTF_8));
    }
  }

  private void table(RebuildResult.Built built) {
    List<Comparison> comparisons = built.comparisons();
    int width =
        comparisons.stream()
            .mapToInt(c -> c.artifact().identity().toString().length())
            .max()
            .orElse(0);
    for (Comparison comparison : comparisons) {
      Agreement agreement = comparison.agreement();
      row(
          width,
          comparison.artifact().identity().toString(),
          comparison.artifact().digest(),
          agreement);
      if (agreement.differs()) {
        comparison.archived().forEach(digest -> row(width, "", digest, "(archive)"));
        if (comparison.archived().isEmpty()) {
          comparison.recorded().ifPresent(digest -> row(width, "", digest, "(its .buildinfo)"));
        }
        comparison
            .difference()
            .ifPresent(found -> out.println("  " + found + ": it stays " + agreement));
      }
    }
    BuildInput source = built.attempt().source();
    out.printf(Locale.ROOT, "%s: %s%n", source, summary(comparisons));
    for (Agreement agreement : Agreement.values()) {
      if (comparisons.stream().anyMatch(c -> c.agreement() == agreement)) {
        agreement.meaning().ifPresent(meaning -> out.println(agreement + ": " + meaning));
      }
    }
    if (!source.recorded().isEmpty()) {
      out.println("the .buildinfo: " + RecordedComparison.of(built));
    }
    if (hasDifferenceReport()) {
      out.println("what differs: " + request.out().resolve(Rebuild.DIFFERENCE_REPORT));
    }
    built.variation().ifPresent(this::table);
    if (source.source() instanceof GitSource git) {
      out.println("source: commit " + git.commit() + " of " + git.url() + ", tag " + git.tag());
    }
    source.signer().ifPresent(signer -> out.println("source signed by " + signer));
  }

  private void table(Findings findings) {
    int width =
        findings.steps().stream()
            .mapToInt(step -> step.trial().toString().length())
            .max()
            .orElse(1);
    for (Findings.Step step : findings.steps()) {
      out.printf(Locale.ROOT, "varied %-" + width + "s  %s%n", step.trial(), step.result());
    }
    for (String name : findings.changed()) {
      out.println("changed: " + name);
    }
    out.println(findings.summary());
  }

  private void row(int width, String name, Sha256 digest, Object word) {
    out.printf(Locale.ROOT, "%-" + Math.max(1, width) + "s  %s  %s%n", name, digest, word);
  }

  private boolean hasDifferenceReport() {
    return Files.exists(request.out().resolve(Rebuild.DIFFERENCE_REPORT));
  }

  private static String summary(List<Comparison> comparisons) {
    StringBuilder text = new StringBuilder();
    for (Agreement agreement : Agreement.values()) {
      long count = comparisons.stream().filter(c -> c.agreement() == agreement).count();
      if (count > 0) {
        text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(agreement);
      }
    }
    return text.toString();
  }

  private void describe(ObjectNode report, RebuildResult.Built built) {
    report.put("result", "built");
    report.put("buildinfo", built.buildinfo().toString());
    ArrayNode artifacts = report.putArray("artifacts");
    for (Comparison comparison : built.comparisons()) {
      BinaryArtifact artifact = comparison.artifact();
      PackageIdentity identity = artifact.identity();
      ObjectNode node = artifacts.addObject();
      node.put("file", identity.fileName());
      node.put("name", identity.name().toString());
      node.put("version", identity.version().toString());
      node.put("architecture", identity.architecture().toString());
      node.put("sha256", artifact.digest().toString());
      node.put("size", artifact.size());
      node.put("comparison", comparison.agreement().toString());
      comparison.difference().ifPresent(found -> node.put("difference", found.word()));
      ArrayNode archived = node.putArray("archived");
      comparison.archived().forEach(digest -> archived.add(digest.toString()));
      comparison.recorded().ifPresent(digest -> node.put("recorded", digest.toString()));
    }
    if (!built.attempt().source().recorded().isEmpty()) {
      RecordedComparison.of(built).write(report.putObject("recorded"));
    }
    if (hasDifferenceReport()) {
      report.put("differenceReport", Rebuild.DIFFERENCE_REPORT);
    }
    built.variation().ifPresent(findings -> report.set("variation", findings.toJson()));
  }

  private static void describe(ObjectNode report, RebuildResult.Failed failed) {
    report.put("result", "failed");
    report.put("reason", failed.failure().reason());
    failed.failure().limit().ifPresent(limit -> report.put("limit", limit));
  }

  private static void describe(ObjectNode node, GitSource git) {
    node.put("url", git.url().toString());
    node.put("tag", git.tag().toString());
    node.put("commit", git.commit().toString());
    node.put("tree", git.tree().toString());
    node.put("archive", git.archive().toString());
    ArrayNode submodules = node.putArray("submodules");
    for (GitSubmodule submodule : git.submodules()) {
      ObjectNode each = submodules.addObject();
      each.put("path", submodule.path());
      each.put("url", submodule.url().toString());
      each.put("commit", submodule.commit().toString());
      each.put("tree", submodule.tree().toString());
    }
  }

  private ObjectNode head(RebuildResult.Attempt attempt) {
    BuildInput input = attempt.source();
    ObjectNode report = StrictJson.newObject();
    report.put("source", input.source().name().toString());
    report.put("version", input.source().version().toString());
    if (input.source() instanceof GitSource git) {
      describe(report.putObject("git"), git);
    } else {
      report.put("dsc", input.source().digest().toString());
    }
    input
        .recordedBuildinfo()
        .ifPresent(digest -> report.put("recordedBuildinfo", digest.toString()));
    input.signer().ifPresent(signer -> report.put("signer", signer.toString()));
    if (!input.builtVersion().equals(input.source().version())) {
      report.put("binaryVersion", input.builtVersion().toString());
    }
    report.put("suite", request.suite());
    report.put("toolchain", request.toolchain().name());
    report.put("compilerRoot", request.compilerRoot());
    report.put("architecture", attempt.architecture().toString());
    report.put("environment", attempt.environment().toString());
    return report;
  }
}
