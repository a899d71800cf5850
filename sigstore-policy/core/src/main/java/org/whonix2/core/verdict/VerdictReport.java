package org.whonix2.core.verdict;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.TreeSet;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.quorum.Group;
import org.whonix2.core.statement.Rebuild;

/** A verdict told to people and to programs: the same content twice. */
public final class VerdictReport {
  private final Verdict verdict;

  public VerdictReport(Verdict verdict) {
    this.verdict = verdict;
  }

  private Set<String> operators() {
    Set<String> operators = new TreeSet<>();
    verdict.votes().forEach(vote -> operators.add(vote.rebuilder().operator()));
    operators.retainAll(quorum().members());
    return operators;
  }

  private Group quorum() {
    return verdict.terms().demands().quorum().operators();
  }

  /** Lines for people, each with its line break. */
  public String text() {
    StringBuilder text = new StringBuilder();
    line(text, "  package  ", verdict.artifact().identity().toString());
    line(text, "  sha256   ", verdict.artifact().digest().toString());
    line(
        text,
        "  votes    ",
        operators().size()
            + " operators, needed "
            + quorum()
            + (verdict.exempted() ? ", waived by an exemption" : "")
            + verdict.terms().rule().map(number -> " by rule " + number).orElse(""));
    for (LoggedRebuild vote : verdict.votes()) {
      line(text, "    + ", describe(vote));
    }
    for (Verdict.Uncounted uncounted : verdict.uncounted()) {
      line(text, "    - ", describe(uncounted.statement()));
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

  private static String describe(LoggedRebuild logged) {
    Rebuild rebuild = logged.rebuild();
    return String.join(
        ", ",
        logged.rebuilder().name() + " of " + logged.rebuilder().operator(),
        logged.rebuilder().jurisdiction(),
        rebuild.platform().architecture() + " " + rebuild.platform().cpuVendor(),
        rebuild.toolchain().name() + " from root " + rebuild.compilerRoot(),
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
    json.put("threshold", quorum().fewest());
    json.put("quorum", quorum().toString());
    verdict.terms().rule().ifPresent(number -> json.put("rule", number));
    json.put("exempted", verdict.exempted());
    ArrayNode votes = json.putArray("votes");
    verdict.votes().forEach(vote -> describe(votes.addObject(), vote));
    ArrayNode uncounted = json.putArray("uncounted");
    for (Verdict.Uncounted other : verdict.uncounted()) {
      describe(uncounted.addObject().put("why", other.why()), other.statement());
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

  private static void describe(ObjectNode node, LoggedRebuild logged) {
    Rebuild rebuild = logged.rebuild();
    node.put("rebuilder", logged.rebuilder().name());
    node.put("operator", logged.rebuilder().operator());
    node.put("jurisdiction", logged.rebuilder().jurisdiction());
    node.put("architecture", rebuild.platform().architecture());
    node.put("cpuVendor", rebuild.platform().cpuVendor());
    node.put("toolchain", rebuild.toolchain().name());
    node.put("compilerRoot", rebuild.compilerRoot());
    node.put("log", logged.log());
    node.put("index", logged.index());
    node.put("sequence", rebuild.sequence());
    node.put("payload", logged.payload().toString());
    node.put("suite", rebuild.suite());
    node.put("source", rebuild.source().digest().toString());
    node.put("environment", rebuild.environment().toString());
  }
}
