package org.whonix2.rebuilder.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.statement.CompilerBootstrap;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.bootstrap.BootstrapRequest;
import org.whonix2.rebuilder.bootstrap.BootstrapRun;
import org.whonix2.rebuilder.bootstrap.RootComparison;
import org.whonix2.rebuilder.bootstrap.RootResult;
import org.whonix2.rebuilder.bootstrap.Stage;
import org.whonix2.rebuilder.bootstrap.StageFile;

/** What came of a bootstrap, for people and for programs. */
final class BootstrapReport {
  private static final int SHORT = 16;

  private final BootstrapRequest request;
  private final BootstrapRun.Result result;
  private final List<CompilerBootstrap> attested;
  private final PrintStream out;
  private final Optional<RootComparison> comparison;

  BootstrapReport(
      BootstrapRequest request,
      BootstrapRun.Result result,
      List<CompilerBootstrap> attested,
      PrintStream out) {
    this.request = request;
    this.result = result;
    this.attested = List.copyOf(attested);
    this.out = out;
    Map<String, List<Sha256>> stages = new LinkedHashMap<>();
    result.roots().stream()
        .filter(root -> root.failure().isEmpty())
        .forEach(root -> stages.put(root.root().name(), root.digests()));
    this.comparison =
        request.compared() && stages.size() > 1
            ? Optional.of(new RootComparison(stages))
            : Optional.empty();
  }

  /** Roots that disagree are proof of misbehaviour; one that failed is none. */
  ExitCode exitCode() {
    if (comparison.filter(each -> !each.agrees()).isPresent()) {
      return ExitCode.MISBEHAVIOUR;
    }
    boolean failed = result.roots().stream().anyMatch(root -> root.failure().isPresent());
    return failed ? ExitCode.REFUSED : ExitCode.DONE;
  }

  /** For people: a row a root. */
  void table() {
    int most = result.roots().stream().mapToInt(root -> root.stages().size()).max().orElse(0);
    StringBuilder head = new StringBuilder("%-8s".formatted("root"));
    for (int stage = 1; stage <= most; stage++) {
      head.append("  %-16s".formatted("stage " + stage));
    }
    out.println(head.toString().strip());
    for (RootResult root : result.roots()) {
      StringBuilder row = new StringBuilder("%-8s".formatted(root.root().name()));
      root.digests().forEach(digest -> row.append("  ").append(shortened(digest)));
      root.failure().ifPresent(failure -> row.append("  failed: ").append(failure));
      out.println(row.toString().strip());
    }
    comparison.ifPresent(this::table);
    if (comparison.isEmpty()) {
      result.roots().stream()
          .flatMap(root -> root.stages().stream())
          .filter(stage -> stage.number() == request.plan().uses())
          .flatMap(stage -> stage.files().stream())
          .forEach(file -> out.println(file.digest() + "  " + file.output().path()));
    }
    out.printf(Locale.ROOT, "attested: %d stages, in %s%n", attested.size(), request.out());
  }

  private void table(RootComparison compared) {
    if (compared.agrees()) {
      int agreeing = compared.stages().size();
      int asked = result.roots().size();
      out.println(
          (agreeing == asked ? "all " : agreeing + " of ")
              + asked
              + " compiler roots come to one compiler: "
              + compared.majority().map(Sha256::toString).orElse(""));
      return;
    }
    List<String> odd = compared.odd();
    out.println("COMPILER ROOTS DISAGREE: these are the last stages");
    compared
        .stages()
        .keySet()
        .forEach(root -> out.printf(Locale.ROOT, "  %-8s %s%n", root, compared.last(root)));
    compared
        .majority()
        .ifPresentOrElse(
            digest ->
                out.println("odd: " + String.join(", ", odd) + "; the others come to " + digest),
            () ->
                out.println(
                    "no compiler comes out of more than half of them: none can be trusted"));
    differences(compared).forEach(out::println);
    out.println("what to do:");
    out.println("  - build nothing with a compiler of an odd root, and publish this result");
    out.println("  - begin again with --no-cache, on another machine too: a broken disk is rarer");
    out.println("    than it seems, and a changed cache is found by itself");
    out.println("  - compare the files below " + request.out() + " with diffoscope");
    out.println("  - keep " + request.out() + " and the .deb of the odd root's compiler: evidence");
  }

  /** Which files of an odd root's last stage are others. */
  private List<String> differences(RootComparison compared) {
    Map<String, Sha256> expected = new LinkedHashMap<>();
    for (RootResult root : result.roots()) {
      if (!root.stages().isEmpty() && !compared.odd().contains(root.root().name())) {
        last(root).files().forEach(f -> expected.putIfAbsent(f.output().path(), f.digest()));
      }
    }
    List<String> lines = new ArrayList<>();
    for (RootResult root : result.roots()) {
      if (!root.stages().isEmpty() && compared.odd().contains(root.root().name())) {
        for (StageFile file : last(root).files()) {
          Sha256 other = expected.get(file.output().path());
          if (other != null && !other.equals(file.digest())) {
            lines.add(
                "  %s: %s is %s, elsewhere %s"
                    .formatted(root.root().name(), file.output().path(), file.digest(), other));
          }
        }
      }
    }
    return lines;
  }

  private static Stage last(RootResult root) {
    return root.stages().get(root.stages().size() - 1);
  }

  private static String shortened(Sha256 digest) {
    return digest.toString().substring(0, SHORT);
  }

  /** For programs: one object. */
  void json() {
    ObjectNode report = StrictJson.newObject();
    report.put("reference", request.plan().name());
    report.put("plan", request.plan().digest().toString());
    report.put("makes", request.plan().makes());
    report.put("uses", request.plan().uses());
    ArrayNode sources = report.putArray("sources");
    result.sources().forEach(source -> sources.add(source.toString()));
    ArrayNode roots = report.putArray("roots");
    for (RootResult root : result.roots()) {
      ObjectNode node = roots.addObject();
      node.put("root", root.root().name());
      root.failure().ifPresent(failure -> node.put("failure", failure));
      ArrayNode stages = node.putArray("stages");
      root.stages().forEach(stage -> describe(stages.addObject(), stage));
    }
    comparison.ifPresent(
        compared -> {
          report.put("agrees", compared.agrees());
          ArrayNode odd = report.putArray("odd");
          compared.odd().forEach(odd::add);
        });
    ArrayNode numbers = report.putArray("attestations");
    for (CompilerBootstrap statement : attested) {
      ObjectNode node = numbers.addObject();
      node.put("root", statement.compilerRoot());
      node.put("stage", statement.stage());
      node.put("sequence", statement.sequence());
    }
    out.println(new String(StrictJson.write(report), StandardCharsets.UTF_8));
  }

  private static void describe(ObjectNode node, Stage stage) {
    node.put("stage", stage.number());
    node.put("digest", stage.digest().toString());
    node.put("libc6-dev", stage.libcDev().toString());
    node.put("environment", stage.environment().toString());
    ArrayNode files = node.putArray("files");
    for (StageFile file : stage.files()) {
      ObjectNode each = files.addObject();
      each.put("path", file.output().path());
      each.put("sha256", file.digest().toString());
      each.put("size", file.size());
    }
  }
}
