package org.whonix2.update.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.verdict.Held;
import org.whonix2.core.verdict.LoggedRebuild;
import org.whonix2.core.verdict.Veto;
import org.whonix2.update.store.VetoFindings;
import org.whonix2.update.store.VetoFindings.Subject;

/** Who holds which packages: told to people and to programs. */
record HeldReport(List<Held> held, VetoFindings findings) {
  /** One line, if anything is held. */
  Optional<String> summary() {
    return held.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "held by vetoes: %d; whonix2-update status names who holds what"
                .formatted(held.size()));
  }

  /** For each package a line, and one for each veto on it. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Held file : held) {
      lines.add("held    " + file.artifact().identity() + ", SHA-256 " + file.artifact().digest());
      for (Veto veto : file.vetoes()) {
        LoggedRebuild said = veto.statement();
        lines.add(
            "        by %s of %s, entry %d of %s, who got %s"
                .formatted(
                    said.rebuilder().name(),
                    said.rebuilder().operator(),
                    said.index(),
                    said.log(),
                    veto.bits()));
        lines.add("        " + support(veto));
        lines.add(
            "        reviewers can override it: exempt sign --override %s --bits %s %s"
                .formatted(said.rebuild().rebuilder(), veto.bits(), file.artifact().digest()));
      }
    }
    return lines;
  }

  private String support(Veto veto) {
    Optional<VetoFindings.Finding> finding = findings.of(Subject.of(veto));
    if (finding.isEmpty()) {
      return "whether its log and .buildinfo are there is not known";
    }
    return finding
        .get()
        .countsUntil()
        .map(
            end ->
                "its log and .buildinfo were missing at "
                    + finding.get().asked()
                    + ": if a sync after "
                    + end
                    + " misses them too, it counts no more")
        .orElse("its log and .buildinfo are there to be looked into");
  }

  /** Adds {@code held} to a report. */
  void describe(ObjectNode report) {
    ArrayNode files = report.putArray("held");
    for (Held file : held) {
      ObjectNode node = files.addObject();
      node.put("package", file.artifact().identity().toString());
      node.put("sha256", file.artifact().digest().toString());
      ArrayNode vetoes = node.putArray("vetoes");
      file.vetoes().forEach(veto -> describe(veto, vetoes.addObject()));
    }
  }

  private void describe(Veto veto, ObjectNode node) {
    LoggedRebuild said = veto.statement();
    node.put("rebuilder", said.rebuilder().name());
    node.put("operator", said.rebuilder().operator());
    node.put("key", said.rebuild().rebuilder().toString());
    node.put("log", said.log());
    node.put("index", said.index());
    node.put("sha256", veto.bits().toString());
    Optional<VetoFindings.Finding> finding = findings.of(Subject.of(veto));
    Optional<Instant> countsUntil = finding.flatMap(VetoFindings.Finding::countsUntil);
    node.put(
        "evidence",
        countsUntil.isPresent() ? "missing" : finding.isPresent() ? "found" : "unknown");
    finding.ifPresent(one -> node.put("asked", one.asked().toString()));
    countsUntil.ifPresent(end -> node.put("countsUntil", end.toString()));
  }
}
