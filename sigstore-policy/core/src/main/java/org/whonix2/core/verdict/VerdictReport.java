package org.whonix2.core.verdict;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.statement.Rebuild;

/** A verdict told to people and to programs: the same content twice. */
public final class VerdictReport {
  private final Verdict verdict;

  public VerdictReport(Verdict verdict) {
    this.verdict = verdict;
  }

  /** The votes for the file, and what is asked of them. */
  private Agreement agreement() {
    return new Agreement(verdict.terms().demands().quorum(), verdict.votes());
  }

  /** Lines for people, each with its line break. */
  public String text() {
    StringBuilder text = new StringBuilder();
    line(text, "  package  ", verdict.artifact().identity().toString());
    line(text, "  sha256   ", verdict.artifact().digest().toString());
    line(
        text,
        "  votes    ",
        found(agreement())
            + (verdict.exempted() ? ", waived by an exemption" : "")
            + verdict.terms().rule().map(number -> " by rule " + number).orElse(""));
    lines(text, verdict.votes(), verdict.uncounted());
    for (Counterpart other : verdict.also()) {
      line(
          text,
          "  also     ",
          other.toolchain()
              + ": "
              + found(new Agreement(other.quorum(), other.votes()))
              + (verdict.exempted() ? ", waived by an exemption" : ""));
      other
          .artifact()
          .ifPresent(
              artifact ->
                  line(text, "           ", artifact.identity() + ", " + artifact.digest()));
      lines(text, other.votes(), other.uncounted());
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

  private static String found(Agreement agreement) {
    return agreement.asked().size() + " operators, needed " + agreement.quorum().operators();
  }

  private static void lines(
      StringBuilder text, List<LoggedRebuild> votes, List<Verdict.Uncounted> others) {
    for (LoggedRebuild vote : votes) {
      line(text, "    + ", describe(vote));
    }
    for (Verdict.Uncounted uncounted : others) {
      line(text, "    - ", describe(uncounted.statement()));
      line(text, "      not counted: ", uncounted.why());
    }
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
    describe(json.putObject("package"), verdict.artifact());
    describe(json, agreement());
    verdict.terms().rule().ifPresent(number -> json.put("rule", number));
    json.put("exempted", verdict.exempted());
    describe(json, verdict.votes(), verdict.uncounted());
    ArrayNode also = json.putArray("also");
    for (Counterpart other : verdict.also()) {
      ObjectNode node = also.addObject();
      node.put("toolchain", other.toolchain());
      node.put("met", other.met());
      other.artifact().ifPresent(artifact -> describe(node.putObject("package"), artifact));
      describe(node, new Agreement(other.quorum(), other.votes()));
      describe(node, other.votes(), other.uncounted());
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

  private static void describe(ObjectNode node, BinaryArtifact artifact) {
    node.put("name", artifact.identity().name().value());
    node.put("version", artifact.identity().version().value());
    node.put("architecture", artifact.identity().architecture().value());
    node.put("sha256", artifact.digest().toString());
    node.put("size", artifact.size());
  }

  private static void describe(ObjectNode node, Agreement agreement) {
    node.put("operators", agreement.asked().size());
    node.put("threshold", agreement.quorum().operators().fewest());
    node.put("quorum", agreement.quorum().operators().toString());
  }

  private static void describe(
      ObjectNode node, List<LoggedRebuild> votes, List<Verdict.Uncounted> others) {
    ArrayNode counted = node.putArray("votes");
    votes.forEach(vote -> describe(counted.addObject(), vote));
    ArrayNode uncounted = node.putArray("uncounted");
    for (Verdict.Uncounted other : others) {
      describe(uncounted.addObject().put("why", other.why()), other.statement());
    }
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
