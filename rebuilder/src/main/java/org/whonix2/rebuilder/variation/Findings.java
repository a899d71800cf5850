package org.whonix2.rebuilder.variation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.whonix2.core.json.StrictJson;

/**
 * What a search found.
 *
 * @param culprits what changes the bits when it is varied alone, in the variations' order
 * @param together sets that change the bits although none of its members does alone
 * @param unstable whether the bits change although nothing is varied and the clock is set back
 * @param trouble why the search ended before it knew everything, in one lower-case sentence
 * @param changed the artifacts whose bits were others when everything was varied
 * @param steps the builds after the first, in their order
 */
public record Findings(
    List<Variation> culprits,
    List<Set<Variation>> together,
    boolean unstable,
    Optional<String> trouble,
    List<String> changed,
    List<Step> steps) {
  /**
   * One build and how it compares.
   *
   * @param same whether it gave the bits that it was held against
   */
  public record Step(Trial trial, Outcome outcome, boolean same) {
    /** In a word or two. */
    public String result() {
      if (same) {
        return "same bits";
      }
      return outcome instanceof Outcome.Failed failed ? "failed: " + failed.reason() : "other bits";
    }
  }

  public Findings {
    culprits = List.copyOf(culprits);
    together = List.copyOf(together);
    changed = List.copyOf(changed);
    steps = List.copyOf(steps);
  }

  public boolean deterministic() {
    return culprits.isEmpty() && together.isEmpty() && !unstable && trouble.isEmpty();
  }

  /** For programs; {@code variation.json} and the report of a rebuild have it. */
  public ObjectNode toJson() {
    ObjectNode report = StrictJson.newObject();
    report.put("deterministic", deterministic());
    names(report.putArray("culprits"), culprits);
    ArrayNode sets = report.putArray("together");
    together.forEach(set -> names(sets.addArray(), set));
    report.put("unstable", unstable);
    trouble.ifPresent(text -> report.put("trouble", text));
    ArrayNode artifacts = report.putArray("changed");
    changed.forEach(artifacts::add);
    ArrayNode builds = report.putArray("builds");
    for (Step step : steps) {
      ObjectNode build = builds.addObject();
      names(build.putArray("varied"), step.trial().varied());
      build.put("clockSetBack", step.trial().clockSetBack());
      build.put("result", step.result());
    }
    return report;
  }

  private static void names(ArrayNode array, Collection<Variation> variations) {
    variations.stream().sorted().forEach(variation -> array.add(variation.toString()));
  }

  /** One sentence for people. */
  public String summary() {
    if (trouble.isPresent()) {
      return "not known: " + trouble.get();
    }
    if (unstable) {
      return "not deterministic: other bits every time, whatever is varied; it takes in the second"
          + " it is built in, or chance";
    }
    if (deterministic()) {
      return "deterministic: the same bits with everything varied";
    }
    StringBuilder text = new StringBuilder("not deterministic: other bits with another ");
    text.append(
        culprits.stream().map(Variation::toString).collect(Collectors.joining(", with another ")));
    for (Set<Variation> set : together) {
      text.append(culprits.isEmpty() && text.toString().endsWith("another ") ? "" : "; and with ");
      text.append(
          set.stream().sorted().map(Variation::toString).collect(Collectors.joining(" and ")));
      text.append(" together");
    }
    return text.toString();
  }
}
