package org.whonix2.core.policy;

import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.TextParser;
import org.whonix2.core.quorum.Group;
import org.whonix2.core.yaml.YamlFields;

/**
 * Reads groups: {@code threshold: k} with {@code of: […]}, {@code all: […]} or {@code any: […]}. An
 * item is a member or, as a mapping, a group again.
 */
final class GroupReader {
  static final String THRESHOLD = "threshold";
  private static final String OF = "of";
  private static final String ALL = "all";
  private static final String ANY = "any";

  private final TextParser<Group> word;
  private final YamlFields.Reader<Group> definition;
  private final boolean definesMembers;

  private GroupReader(
      TextParser<Group> word, YamlFields.Reader<Group> definition, boolean definesMembers) {
    this.word = word;
    this.definition = definition;
    this.definesMembers = definesMembers;
  }

  /** Members that are defined elsewhere. */
  static GroupReader ofNames(TextParser<String> name) {
    return new GroupReader(
        text -> new Group.Member(name.parse(text)),
        fields -> {
          throw fields.unexpected("name", "the name of somebody, or a group");
        },
        false);
  }

  /** Members that are defined where they stand; two in one list can be one member. */
  static GroupReader ofDefinitions(YamlFields.Reader<Group> definition) {
    return new GroupReader(
        text -> {
          throw new MalformedInputException("expected a mapping with a name, or a group");
        },
        definition,
        true);
  }

  /** Whether these fields say who, and not only how many. */
  static boolean isIn(YamlFields fields) {
    return fields.has(OF) || fields.has(ALL) || fields.has(ANY);
  }

  Group read(YamlFields fields) throws MalformedInputException {
    for (String key : List.of(ALL, ANY)) {
      if (fields.has(key)) {
        if (fields.has(THRESHOLD) || fields.has(OF) || (fields.has(ALL) && fields.has(ANY))) {
          throw fields.complaint("expected one of 'all', 'any' and 'threshold' with 'of'");
        }
        List<Group> groups = groups(fields, key);
        return group(fields, key.equals(ALL) ? groups.size() : 1, groups);
      }
    }
    return group(fields, fields.number(THRESHOLD, 1), groups(fields, OF));
  }

  private List<Group> groups(YamlFields fields, String key) throws MalformedInputException {
    List<Group> groups =
        fields.mixed(key, word, item -> item.has("name") ? definition.read(item) : read(item));
    if (groups.isEmpty()) {
      throw fields.unexpected(key, "at least one");
    }
    return definesMembers ? groups.stream().distinct().toList() : groups;
  }

  private static Group group(YamlFields fields, int threshold, List<Group> groups)
      throws MalformedInputException {
    try {
      return new Group.Threshold(threshold, groups);
    } catch (IllegalArgumentException e) {
      throw fields.complaint(String.valueOf(e.getMessage()));
    }
  }
}
