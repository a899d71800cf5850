package org.whonix2.core.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.quorum.Group;
import org.whonix2.core.yaml.YamlFields;

/** Reads what packages must bring: the policy's own demands, and the rules beside them. */
final class RuleReader {
  private static final String QUORUM = "quorum";
  private static final String VETO = "veto";
  private static final String SOURCE = "source";
  private static final String ALSO = "also";
  private static final String RELAX = "relax";

  private final Set<String> operators;

  /**
   * @param operators of all rebuilders
   */
  RuleReader(Set<String> operators) {
    this.operators = operators;
  }

  /** The policy's own demands, of which quorum and veto must be written down. */
  Demands demands(YamlFields policy, Duration minAge) throws MalformedInputException {
    SortedMap<String, Quorum> also = policy.has(ALSO) ? also(policy) : Collections.emptySortedMap();
    return new Demands(quorum(policy.mapping(QUORUM)), veto(policy), minAge, also);
  }

  private Quorum quorum(YamlFields fields) throws MalformedInputException {
    Quorum quorum = new Quorum(operators(fields), distinct(fields));
    fields.end();
    return quorum;
  }

  private static int veto(YamlFields fields) throws MalformedInputException {
    YamlFields veto = fields.mapping(VETO);
    int vetoOperators = veto.number("operators", 1);
    veto.end();
    return vetoOperators;
  }

  /** Each quorum stands for itself: it takes over nothing from the one beside it. */
  private SortedMap<String, Quorum> also(YamlFields fields) throws MalformedInputException {
    SortedMap<String, Quorum> also = new TreeMap<>();
    fields.mappings(
        ALSO,
        item -> {
          String toolchain = item.parsed("toolchain", Words::toolchain);
          if (also.containsKey(toolchain)) {
            throw item.unexpected("toolchain", "each toolchain once");
          }
          also.put(toolchain, quorum(item.mapping(QUORUM)));
          return toolchain;
        });
    return also;
  }

  private Group operators(YamlFields quorum) throws MalformedInputException {
    if (GroupReader.isIn(quorum)) {
      return GroupReader.ofNames(this::operator).read(quorum);
    }
    int threshold = quorum.number(GroupReader.THRESHOLD, 1);
    if (threshold > operators.size()) {
      throw quorum.unexpected(
          GroupReader.THRESHOLD,
          "at most " + operators.size() + ", the number of the rebuilders' operators");
    }
    return Group.of(threshold, operators);
  }

  private String operator(String text) throws MalformedInputException {
    if (!operators.contains(text)) {
      throw new MalformedInputException(
          "expected an operator of rebuilders, one of " + operators + ", found '" + text + "'");
    }
    return text;
  }

  private static Map<Dimension, Integer> distinct(YamlFields quorum)
      throws MalformedInputException {
    Map<Dimension, Integer> distinct = new EnumMap<>(Dimension.class);
    if (quorum.has("distinct")) {
      YamlFields fields = quorum.mapping("distinct");
      for (Dimension dimension : Dimension.values()) {
        if (fields.has(dimension.key())) {
          distinct.put(dimension, fields.number(dimension.key(), 1));
        }
      }
      fields.end();
    }
    return distinct;
  }

  /** The rules in their order. */
  List<PolicyRule> rules(YamlFields policy, Demands own) throws MalformedInputException {
    if (!policy.has("rules")) {
      return List.of();
    }
    List<PolicyRule> rules = new ArrayList<>();
    policy.mappings("rules", fields -> rules.add(rule(fields, rules.size() + 1, own)));
    return rules;
  }

  private PolicyRule rule(YamlFields fields, int number, Demands own)
      throws MalformedInputException {
    List<PackagePattern> packages = fields.list("packages", PackagePattern::parse);
    if (packages.isEmpty()) {
      throw fields.unexpected("packages", "at least one pattern");
    }
    List<String> suites = fields.has("suites") ? fields.list("suites", Words::suite) : List.of();
    Optional<String> toolchain =
        fields.has("toolchain")
            ? Optional.of(fields.parsed("toolchain", Words::toolchain))
            : Optional.empty();
    Demands demands = replaced(fields, own);
    Optional<PolicyRule.Relaxation> relaxation = relaxation(fields);
    if (relaxation.isEmpty() && demands.areWeakerThan(own, toolchain)) {
      throw fields.complaint(
          "rule "
              + number
              + " asks for less than the policy does elsewhere: expected 'relax: true' with 'until'"
              + " and 'reason', found none");
    }
    return new PolicyRule(number, packages, new HashSet<>(suites), toolchain, demands, relaxation);
  }

  /** The own demands with what the rule names in their place. */
  private Demands replaced(YamlFields rule, Demands own) throws MalformedInputException {
    if (Stream.of(QUORUM, VETO, SOURCE, ALSO).noneMatch(rule::has)) {
      throw rule.complaint(
          "expected a 'quorum', 'veto', 'source' or 'also' that replaces the policy's own");
    }
    Quorum quorum = own.quorum();
    if (rule.has(QUORUM)) {
      YamlFields fields = rule.mapping(QUORUM);
      boolean namesOperators = GroupReader.isIn(fields) || fields.has(GroupReader.THRESHOLD);
      Group group = namesOperators ? operators(fields) : quorum.operators();
      quorum = quorum.with(group, distinct(fields));
      fields.end();
    }
    int vetoOperators = rule.has(VETO) ? veto(rule) : own.vetoOperators();
    Duration minAge = own.minAge();
    if (rule.has(SOURCE)) {
      YamlFields source = rule.mapping(SOURCE);
      minAge = source.duration("minAge");
      source.end();
    }
    return new Demands(quorum, vetoOperators, minAge, rule.has(ALSO) ? also(rule) : own.also());
  }

  private static Optional<PolicyRule.Relaxation> relaxation(YamlFields rule)
      throws MalformedInputException {
    if (!rule.has(RELAX) && !rule.has("until") && !rule.has("reason")) {
      return Optional.empty();
    }
    rule.oneOf(RELAX, Set.of("true"));
    return Optional.of(
        new PolicyRule.Relaxation(rule.instant("until"), rule.parsed("reason", Words::reason)));
  }
}
