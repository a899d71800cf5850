package org.whonix2.toolchain;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/** Reads one definition from its syntax tree, so that every complaint can name its line. */
final class DefinitionReader {
  private static final String API_VERSION = "toolchain.whonix2.org/v1";
  private static final int MOST_ITEMS = 64;
  private static final int LONGEST_SENTENCE = 500;

  /** Debian policy, section 5.6.7. */
  private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]{1,99}");

  private static final Set<String> KEYS =
      Set.of(
          "apiVersion",
          "kind",
          "metadata",
          "hashClass",
          "packages",
          "compilerRoots",
          "knownLimits");

  private DefinitionReader() {}

  static Toolchain read(byte[] yaml) throws MalformedInputException {
    Map<String, Node> fields = mapping(root(yaml), KEYS);
    exactly(fields, "apiVersion", API_VERSION);
    exactly(fields, "kind", "Toolchain");
    Map<String, Node> metadata = mapping(field(fields, "metadata"), Set.of("name"));
    return new Toolchain(
        name(field(metadata, "name")),
        name(field(fields, "hashClass")),
        packages(field(fields, "packages")),
        roots(field(fields, "compilerRoots")),
        sentences(field(fields, "knownLimits")),
        Sha256.of(yaml));
  }

  private static Node root(byte[] yaml) throws MalformedInputException {
    if (yaml.length > Toolchain.MAX_BYTES) {
      throw new MalformedInputException(
          "expected at most " + Toolchain.MAX_BYTES + " bytes, found " + yaml.length);
    }
    LoadSettings settings =
        LoadSettings.builder()
            .setMaxAliasesForCollections(0)
            .setAllowDuplicateKeys(false)
            .setCodePointLimit(Toolchain.MAX_BYTES)
            .build();
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(yaml)).toString();
      Optional<Node> root = new Compose(settings).composeString(text);
      return root.orElseThrow(
          () -> new MalformedInputException("expected a toolchain definition, found nothing"));
    } catch (YamlEngineException | CharacterCodingException e) {
      throw new MalformedInputException("not a YAML document in UTF-8: " + e.getMessage(), e);
    }
  }

  /** Exactly these keys, each once. */
  private static Map<String, Node> mapping(Node node, Set<String> keys)
      throws MalformedInputException {
    if (!(node instanceof MappingNode mapping)) {
      throw wrong(node, "expected a mapping");
    }
    Map<String, Node> fields = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String key = text(tuple.getKeyNode());
      if (!keys.contains(key)) {
        throw wrong(tuple.getKeyNode(), "unknown key '" + key + "'");
      }
      if (fields.put(key, tuple.getValueNode()) != null) {
        throw wrong(tuple.getKeyNode(), "duplicate key '" + key + "'");
      }
    }
    for (String key : keys.stream().sorted().toList()) {
      if (!fields.containsKey(key)) {
        throw wrong(node, "expected a key '" + key + "', found none");
      }
    }
    return fields;
  }

  private static Node field(Map<String, Node> fields, String key) throws MalformedInputException {
    Node node = fields.get(key);
    if (node == null) {
      throw new MalformedInputException("expected a key '" + key + "', found none");
    }
    return node;
  }

  private static void exactly(Map<String, Node> fields, String key, String value)
      throws MalformedInputException {
    Node node = field(fields, key);
    String found = text(node);
    if (!found.equals(value)) {
      throw wrong(node, "expected " + key + " '" + value + "', found '" + found + "'");
    }
  }

  private static String name(Node node) throws MalformedInputException {
    String name = text(node);
    if (!Toolchain.isName(name)) {
      throw wrong(node, "expected a name such as gcc-12, found '" + name + "'");
    }
    return name;
  }

  private static List<String> packages(Node node) throws MalformedInputException {
    List<String> packages = new ArrayList<>();
    for (Node item : items(node)) {
      String name = text(item);
      if (!PACKAGE.matcher(name).matches()) {
        throw wrong(item, "expected a Debian package's name, found '" + name + "'");
      }
      if (packages.contains(name)) {
        throw wrong(item, "'" + name + "' is named twice");
      }
      packages.add(name);
    }
    return packages;
  }

  private static List<String> roots(Node node) throws MalformedInputException {
    List<String> roots = new ArrayList<>();
    for (Node item : items(node)) {
      String name = name(item);
      if (roots.contains(name)) {
        throw wrong(item, "'" + name + "' is named twice");
      }
      roots.add(name);
    }
    if (roots.isEmpty()) {
      throw wrong(node, "expected at least one compiler root, found none");
    }
    return roots;
  }

  private static List<String> sentences(Node node) throws MalformedInputException {
    List<String> sentences = new ArrayList<>();
    for (Node item : items(node)) {
      String sentence = text(item);
      if (sentence.isBlank() || sentence.length() > LONGEST_SENTENCE) {
        throw wrong(
            item,
            "expected a sentence of at most "
                + LONGEST_SENTENCE
                + " characters, found "
                + sentence.length());
      }
      sentences.add(sentence);
    }
    return sentences;
  }

  private static List<Node> items(Node node) throws MalformedInputException {
    if (!(node instanceof SequenceNode sequence)) {
      throw wrong(node, "expected a list");
    }
    if (sequence.getValue().size() > MOST_ITEMS) {
      throw wrong(
          node, "expected at most " + MOST_ITEMS + " items, found " + sequence.getValue().size());
    }
    return sequence.getValue();
  }

  private static String text(Node node) throws MalformedInputException {
    if (!(node instanceof ScalarNode scalar) || !node.getTag().equals(Tag.STR)) {
      throw wrong(node, "expected text");
    }
    return scalar.getValue();
  }

  private static MalformedInputException wrong(Node node, String message) {
    String line = node.getStartMark().map(mark -> "line " + (mark.getLine() + 1) + ": ").orElse("");
    return new MalformedInputException(line + message);
  }
}
