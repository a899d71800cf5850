package org.whonix2.rebuilder.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.StrictJson;
import org.whonix2.io.cli.CommandException;
import org.whonix2.rebuilder.attest.Attester;
import org.whonix2.rebuilder.input.BuildInput;
import org.whonix2.rebuilder.rebuild.Agreement;
import org.whonix2.rebuilder.rebuild.Comparison;
import org.whonix2.rebuilder.rebuild.RebuildRequest;
import org.whonix2.rebuilder.rebuild.RebuildResult;

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
  void table(RebuildResult.Built built, Attester.Attested attested, Publication publication)
      throws IOException, CommandException {
    table(built, attested);
    Optional<Long> index = publication.publish();
    out.println(index.map(number -> "in the log at index " + number).orElse("not published"));
  }

  /** For programs: one object, which has no index if publishing fails. */
  void json(RebuildResult.Built built, Attester.Attested attested, Publication publication)
      throws IOException, CommandException {
    Optional<Long> index = Optional.empty();
    try {
      index = publication.publish();
    } finally {
      json(built, attested, index);
    }
  }

  private void table(RebuildResult.Built built, Attester.Attested attested) {
    List<Comparison> comparisons = built.comparisons();
    int width =
        comparisons.stream()
            .mapToInt(c -> c.artifact().identity().toString().length())
            .max()
            .orElse(0);
    for (Comparison comparison : comparisons) {
      out.printf(
          Locale.ROOT,
          "%-" + width + "s  %s  %s%n",
          comparison.artifact().identity(),
          comparison.artifact().digest(),
          comparison.agreement());
      if (comparison.agreement() == Agreement.DIFFERS) {
        for (Sha256 archived : comparison.archived()) {
          out.printf(Locale.ROOT, "%-" + width + "s  %s  (archive)%n", "", archived);
        }
      }
    }
    out.printf(Locale.ROOT, "%s: %s%n", built.source(), summary(comparisons));
    if (!built.source().recorded().isEmpty()) {
      out.println("the .buildinfo: " + RecordedComparison.of(built));
    }
    built.source().signer().ifPresent(signer -> out.println("source signed by " + signer));
    out.printf(
        Locale.ROOT,
        "attested by %s as its number %d%n",
        attested.rebuilder(),
        attested.sequence());
    out.flush();
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

  /**
   * The whole result.
   *
   * @param index in the log, if it was published
   */
  private void json(RebuildResult.Built built, Attester.Attested attested, Optional<Long> index) {
    ObjectNode report = head(built.source());
    report.put("result", "built");
    report.put("architecture", built.architecture().toString());
    report.put("environment", built.environment().toString());
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
      ArrayNode archived = node.putArray("archived");
      comparison.archived().forEach(digest -> archived.add(digest.toString()));
    }
    if (!built.source().recorded().isEmpty()) {
      RecordedComparison.of(built).write(report.putObject("recorded"));
    }
    ObjectNode attestation = report.putObject("attestation");
    attestation.put("rebuilder", attested.rebuilder().toString());
    attestation.put("sequence", attested.sequence());
    index.ifPresent(number -> attestation.put("index", number));
    print(report);
  }

  void json(RebuildResult.Failed failed) {
    ObjectNode report = head(failed.source());
    report.put("result", "failed");
    report.put("reason", failed.failure().reason());
    failed.failure().limit().ifPresent(limit -> report.put("limit", limit));
    print(report);
  }

  private ObjectNode head(BuildInput input) {
    ObjectNode report = StrictJson.newObject();
    report.put("source", input.source().name().toString());
    report.put("version", input.source().version().toString());
    report.put("dsc", input.source().dsc().toString());
    input.signer().ifPresent(signer -> report.put("signer", signer.toString()));
    input.rebuild().ifPresent(rebuild -> report.put("binaryVersion", rebuild.version().toString()));
    report.put("suite", request.suite());
    report.put("toolchain", request.toolchain().name());
    report.put("compilerRoot", request.compilerRoot());
    return report;
  }

  private void print(ObjectNode report) {
    out.println(new String(StrictJson.write(report), StandardCharsets.UTF_8));
  }
}
