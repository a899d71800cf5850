package org.whonix2.core.yaml;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.Rfc3339;
import org.whonix2.core.TextParser;

/** One YAML mapping, read key by key; {@link #end} refuses keys that nobody asked for. */
public final class YamlFields {
  private static final int MAX_ITEMS = 10_000;
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,14}|0");
  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

  private final String path;
  private final Node node;
  private final Map<String, Node> keys = new LinkedHashMap<>();
  private final Map<String, Node> values = new LinkedHashMap<>();

  YamlFields(String path, MappingNode mapping) throws MalformedInputException {
    this.path = path;
    this.node = mapping;
    for (NodeTuple tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw complaint(tuple.getKeyNode(), "expected a key that is a word");
      }
      if (values.put(key.getValue(), tuple.getValueNode()) != null) {
        throw complaint(key, "key " + Quoted.of(place(key.getValue())) + " stands twice");
      }
      keys.put(key.getValue(), key);
    }
  }

  /** Reads one mapping out of a list. */
  public interface Reader<T> {
    T read(YamlFields fields) throws MalformedInputException;
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  public String string(String key) throws MalformedInputException {
    return scalar(required(key, "text"), key);
  }

  /** Text that must be one of these. */
  public String oneOf(String key, Set<String> choices) throws MalformedInputException {
    String text = string(key);
    if (!choices.contains(text)) {
      throw unexpected(key, "one of " + choices.stream().sorted().toList());
    }
    return text;
  }

  public <T> T parsed(String key, TextParser<T> parser) throws MalformedInputException {
    return parsed(required(key, "text"), key, parser);
  }

  /** Written without quotes. */
  public boolean truth(String key) throws MalformedInputException {
    Node value = required(key, "true or false");
    if (value instanceof ScalarNode scalar
        && scalar.isPlain()
        && (scalar.getValue().equals("true") || scalar.getValue().equals("false"))) {
      return scalar.getValue().equals("true");
    }
    throw unexpected(key, "true or false");
  }

  /** A whole number of at least {@code least}, written without quotes. */
  public int number(String key, int least) throws MalformedInputException {
    Node value = required(key, "a whole number");
    if (value instanceof ScalarNode scalar
        && scalar.isPlain()
        && NUMBER.matcher(scalar.getValue()).matches()) {
      long number = Long.parseLong(scalar.getValue());
      if (number >= least && number <= Integer.MAX_VALUE) {
        return (int) number;
      }
    }
    throw unexpected(key, "a whole number of at least " + least);
  }

  /** A time as {@link Rfc3339} has it. */
  public Instant instant(String key) throws MalformedInputException {
    return parsed(key, Rfc3339::parse);
  }

  /** A number and a unit: {@code 90s}, {@code 30m}, {@code 12h} or {@code 7d}. */
  public Duration duration(String key) throws MalformedInputException {
    Matcher matcher = DURATION.matcher(string(key));
    if (!matcher.matches()) {
      throw unexpected(key, "a duration such as 90s, 30m, 12h or 7d");
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  public YamlFields mapping(String key) throws MalformedInputException {
    Node value = required(key, "a mapping");
    if (!(value instanceof MappingNode mapping)) {
      throw unexpected(key, "a mapping");
    }
    return new YamlFields(place(key), mapping);
  }

  /** A mapping of words to texts, in its order; a text may be empty, in quotes. */
  public Map<String, String> texts(String key) throws MalformedInputException {
    YamlFields fields = mapping(key);
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, Node> entry : fields.values.entrySet()) {
      if (!(entry.getValue() instanceof ScalarNode scalar)
          || (scalar.isPlain() && scalar.getValue().isEmpty())) {
        throw fields.unexpected(entry.getKey(), "text");
      }
      texts.put(entry.getKey(), scalar.getValue());
    }
    return texts;
  }

  /** A list of scalars. */
  public <T> List<T> list(String key, TextParser<T> parser) throws MalformedInputException {
    List<T> items = new ArrayList<>();
    for (Node item : items(key)) {
      items.add(parsed(item, key, parser));
    }
    return items;
  }

  /** A list of mappings; each must be read to its end. */
  public <T> List<T> mappings(String key, Reader<T> reader) throws MalformedInputException {
    List<T> items = new ArrayList<>();
    for (Node item : items(key)) {
      if (!(item instanceof MappingNode mapping)) {
        throw complaint(item, place(key) + ": expected a mapping");
      }
      YamlFields fields = new YamlFields(place(key) + "[" + items.size() + "]", mapping);
      items.add(reader.read(fields));
      fields.end();
    }
    return items;
  }

  /** A list of scalars and mappings; each mapping must be read to its end. */
  public <T> List<T> mixed(String key, TextParser<T> parser, Reader<T> reader)
      throws MalformedInputException {
    List<T> items = new ArrayList<>();
    for (Node item : items(key)) {
      if (item instanceof MappingNode mapping) {
        YamlFields fields = new YamlFields(place(key) + "[" + items.size() + "]", mapping);
        items.add(reader.read(fields));
        fields.end();
      } else {
        items.add(parsed(item, key, parser));
      }
    }
    return items;
  }

  /** Ends the reading of this mapping: a key nobody asked for is an error. */
  public void end() throws MalformedInputException {
    for (Map.Entry<String, Node> left : keys.entrySet()) {
      throw complaint(left.getValue(), "unknown key " + Quoted.of(place(left.getKey())));
    }
  }

  /** A complaint about one of this mapping's keys. */
  public MalformedInputException unexpected(String key, String expected) {
    Node value = values.getOrDefault(key, node);
    String found = value instanceof ScalarNode scalar ? Quoted.of(scalar.getValue()) : "other";
    return complaint(value, place(key) + ": expected " + expected + ", found " + found);
  }

  /** A complaint about this mapping as a whole. */
  public MalformedInputException complaint(String message) {
    return complaint(node, path.isEmpty() ? message : path + ": " + message);
  }

  static MalformedInputException complaint(Node node, String message) {
    int line = node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    return new MalformedInputException("line " + line + ": " + message);
  }

  private List<Node> items(String key) throws MalformedInputException {
    Node value = required(key, "a list");
    if (!(value instanceof SequenceNode sequence) || sequence.getValue().size() > MAX_ITEMS) {
      throw unexpected(key, "a list of at most " + MAX_ITEMS + " items");
    }
    return sequence.getValue();
  }

  private <T> T parsed(Node value, String key, TextParser<T> parser)
      throws MalformedInputException {
    String text = scalar(value, key);
    try {
      return parser.parse(text);
    } catch (MalformedInputException e) {
      throw complaint(value, place(key) + ": " + e.getMessage());
    }
  }

  private String scalar(Node value, String key) throws MalformedInputException {
    if (value instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
      return scalar.getValue();
    }
    throw complaint(value, place(key) + ": expected text");
  }

  private Node required(String key, String expected) throws MalformedInputException {
    keys.remove(key);
    Node value = values.get(key);
    if (value == null) {
      throw complaint(
          node, "expected a key '" + place(key) + "' with " + expected + ", found none");
    }
    return value;
  }

  private String place(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
