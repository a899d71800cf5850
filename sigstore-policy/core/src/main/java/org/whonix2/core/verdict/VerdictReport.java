package org.whonix2.core.verdict;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.TreeSet;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.statement.RebuildAttestation;

/** A verdict told to people and to programs: the same content twice. */
public final class VerdictReport {
  private final UpdatePolicy policy;
  private final Verdict verdict;

  /** The report of a verdict that was reached under this policy. */
  public VerdictReport(UpdatePolicy policy, Verdict verdict) {
    this.policy = policy;
    this.verdict = verdict;
  }

  private Set<String> operators() {
    Set<String> operators = new TreeSet<>();
    verdict.votes().forEach(vote -> operators.add(vote.rebuilder().operator()));
    return operators;
  }

  /** Lines for people, each with its line break. */
  public String text() {
    StringBuilder text = new StringBuilder();
    line(text, "  package  ", verdict.artifact().identity().toString());
    line(text, "  sha256   ", verdict.artifact().digest().toString());
    line(
        text,
        "  votes    ",
        operators().size() + " operators, needed " + policy.quorum().threshold());
    for (LoggedAttestation vote : verdict.votes()) {
      line(text, "    + ", describe(vote));
    }
    for (Verdict.Uncounted uncounted : verdict.uncounted()) {
      line(text, "    - ", describe(uncounted.attestation()));
      line(text, "      not counted: ", uncounted.why());
    }
    for (Reason reason : verdict.reasons()) {
      line(text, "  refused: ", reason.what());
      line(text, "      hint: ", reason.remedy());
    }
    if (verdict.accepted()) {
      line(text, "  until    ", verdict.until().toString());
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String label, String content) {
    text.append(label).append(content.stripTrailing().replace("\n", "\n      ")).append('\n');
  }

  private static String describe(LoggedAttestation logged) {
    RebuildAttestation attestation = logged.attestation();
    return String.join(
        ", ",
        logged.rebuilder().name() + " of " + logged.rebuilder().operator(),
        logged.rebuilder().jurisdiction(),
        attestation.platform().architecture() + " " + attestation.platform().cpuVendor(),
        attestation.toolchain().name() + " from root " + attestation.compilerRoot(),
        logged.place());
  }

  /** One JSON object. */
  public ObjectNode json() {
    ObjectNode json = StrictJson.newObject();
    json.put("accepted", verdict.accepted());
    ObjectNode artifact = json.putObject("package");
    artifact.put("name", verdict.artifact().identity().name().value());
    artifact.put("version", verdict.artifact().identity().version().value());
    artifact.put("architecture", verdict.artifact().identity().architecture().value());
    artifact.put("sha256", verdict.artifact().digest().toString());
    artifact.put("size", verdict.artifact().size());
    json.put("operators", operators().size());
    json.put("threshold", policy.quorum().threshold());
    ArrayNode votes = json.putArray("votes");
    verdict.votes().forEach(vote -> describe(votes.addObject(), vote));
    ArrayNode uncounted = json.putArray("uncounted");
    for (Verdict.Uncounted other : verdict.uncounted()) {
      describe(uncounted.addObject().put("why", other.why()), other.attestation());
    }
    ArrayNode reasons = json.putArray("reasons");
    for (Reason reason : verdict.reasons()) {
      ObjectNode node = reasons.addObject();
      node.put("rule", reason.rule().name());
      node.put("what", reason.what());
      node.put("remedy", reason.remedy());
    }
    if (verdict.accepted()) {
      json.put("until", verdict.until().toString());
    }
    return json;
  }

  private static void describe(ObjectNode node, LoggedAttestation logged) {
    RebuildAttestation attestation = logged.attestation();
    node.put("rebuilder", logged.rebuilder().name());
    node.put("operator", logged.rebuilder().operator());
    node.put("jurisdiction", logged.rebuilder().jurisdiction());
    node.put("architecture", attestation.platform().architecture());
    node.put("cpuVendor", attestation.platform().cpuVendor());
    node.put("toolchain", attestation.toolchain().name());
    node.put("compilerRoot", attestation.compilerRoot());
    node.put("log", logged.log());
    node.put("index", logged.index());
    node.put("sequence", attestation.sequence());
  }
}
