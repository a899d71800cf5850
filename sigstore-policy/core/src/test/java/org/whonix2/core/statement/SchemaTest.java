package org.whonix2.core.statement;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.dsse.Envelope;

/** The published schemas, the published examples and the parsers say the same. */
class SchemaTest {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          registry ->
              registry.schemaIdResolvers(
                  ids ->
                      ids.mapPrefix(
                          "https://whonix2.org/schema/", "classpath:org/whonix2/core/schema/")));

  /** What an example may lose; everything else in it is required. */
  private static final Set<String> OPTIONAL =
      Set.of(
          "/signatures/0/keyid",
          "/predicate/configuration/0/annotations/byproducts/0",
          "/predicate/runDetails/byproducts/0");

  /** What else one of several examples may lose. */
  private static final Set<String> OPTIONAL_THERE =
      Set.of(
          "test-result/predicate/configuration/0/annotations/externalParameters/source/signer",
          "compiler-bootstrap/subject/1",
          "compiler-bootstrap/subject/2",
          "provenance-git/predicate/buildDefinition/resolvedDependencies/1",
          "provenance-recorded/predicate/buildDefinition/externalParameters/binaries",
          "provenance-recorded/predicate/buildDefinition/resolvedDependencies/1",
          "provenance-regenerated/predicate/buildDefinition/internalParameters/stage",
          "test-result-git/predicate/configuration/0/annotations/resolvedDependencies");

  /** A format by the names of its schema and of one of its examples. */
  record Format(String name, String example, BytesParser parser) {
    Format(String name, BytesParser parser) {
      this(name, name, parser);
    }

    JsonNode readExample() throws IOException {
      return MAPPER.readTree(bytes());
    }

    byte[] bytes() throws IOException {
      try (InputStream in =
          SchemaTest.class.getResourceAsStream("/examples/" + example + ".json")) {
        return Objects.requireNonNull(in, "no example " + example).readAllBytes();
      }
    }

    /** Both accept it. */
    void accepts(JsonNode document, String what) {
      assertThat(complaints(document)).as("%s: schema: %s", name, what).isEmpty();
      assertThatCode(() -> parser.readAndWrite(document.toString().getBytes(UTF_8)))
          .as("%s: parser: %s", name, what)
          .doesNotThrowAnyException();
    }

    /** Both refuse it. */
    void refuses(JsonNode document, String what) {
      assertThat(complaints(document)).as("%s: schema: %s", name, what).isNotEmpty();
      assertThatCode(() -> parser.readAndWrite(document.toString().getBytes(UTF_8)))
          .as("%s: parser: %s", name, what)
          .isInstanceOf(MalformedInputException.class);
    }

    private List<String> complaints(JsonNode document) {
      Schema schema =
          SCHEMAS.getSchema(SchemaLocation.of("https://whonix2.org/schema/" + name + ".json"));
      return schema.validate(document.toString(), InputFormat.JSON).stream()
          .map(Object::toString)
          .toList();
    }

    @Override
    public String toString() {
      return example;
    }
  }

  /** Reads a document and writes what it read. */
  @FunctionalInterface
  interface BytesParser {
    byte[] readAndWrite(byte[] document) throws MalformedInputException;
  }

  static Stream<Format> formats() {
    Stream<Format> statements =
        Arrays.stream(StatementKind.values()).map(kind -> new Format(name(kind), parser(kind)));
    StatementKind attestation = StatementKind.REBUILD_ATTESTATION;
    StatementKind failure = StatementKind.REBUILD_FAILURE;
    Stream<Format> others =
        Stream.of(
            new Format(name(attestation), "provenance-git", parser(attestation)),
            new Format(name(attestation), "provenance-recorded", parser(attestation)),
            new Format(name(attestation), "provenance-regenerated", parser(attestation)),
            new Format(name(failure), "test-result-git", parser(failure)),
            new Format(
                name(StatementKind.ROSTER_CHANGE),
                "roster-dismissal",
                parser(StatementKind.ROSTER_CHANGE)),
            new Format("envelope", document -> Envelope.parse(document).toBytes()));
    return Stream.concat(statements, others);
  }

  /**
   * The predicate's name, or the build type's where it is new: what a URI says before the version.
   */
  private static String name(StatementKind kind) {
    String type =
        kind == StatementKind.COMPILER_BOOTSTRAP
            ? CompilerBootstrap.BUILD_TYPE
            : kind.predicateType();
    return type.replaceFirst("^.*/([^/]+)/v[0-9.]+$", "$1");
  }

  private static BytesParser parser(StatementKind kind) {
    return document -> {
      Statement read = Statement.parse(Statement.PAYLOAD_TYPE, document);
      assertThat(read.kind()).isEqualTo(kind);
      return read.toJson();
    };
  }

  @ParameterizedTest
  @MethodSource("formats")
  void theExampleIsValidAndWrittenBackByteForByte(Format format) throws Exception {
    format.accepts(format.readExample(), "example");
    assertThat(format.parser().readAndWrite(format.bytes())).isEqualTo(format.bytes());
  }

  @ParameterizedTest
  @MethodSource("formats")
  void everyMemberAndElementIsRequired(Format format) throws Exception {
    int changes = 0;
    for (String place : places(format.readExample(), "")) {
      JsonNode changed = format.readExample();
      at(changed, place, SchemaTest::remove);
      if (OPTIONAL.contains(place) || OPTIONAL_THERE.contains(format.example() + place)) {
        format.accepts(changed, "without " + place);
      } else {
        format.refuses(changed, "without " + place);
      }
      changes++;
    }
    assertThat(changes).isGreaterThan(5);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void anUnknownMemberIsRefusedInEveryObject(Format format) throws Exception {
    List<String> objects = new ArrayList<>(places(format.readExample(), ""));
    objects.add("");
    objects.removeIf(place -> !isObject(format, place));
    assertThat(objects).hasSizeGreaterThan(1);
    for (String place : objects) {
      JsonNode changed = format.readExample();
      ((ObjectNode) changed.at(place)).put("unknown", 1);
      format.refuses(changed, "with " + place + "/unknown");
    }
  }

  private static boolean isObject(Format format, String place) {
    try {
      return format.readExample().at(place).isObject();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void anotherTypeIsRefusedEverywhere(Format format) throws Exception {
    JsonNodeFactory json = JsonNodeFactory.instance;
    List<JsonNode> others =
        List.of(
            json.nullNode(),
            json.booleanNode(true),
            json.numberNode(1),
            json.textNode("\u0000"),
            json.arrayNode(),
            json.objectNode());
    for (String place : places(format.readExample(), "")) {
      JsonNode old = format.readExample().at(place);
      for (JsonNode other : others) {
        if (other.getNodeType() != old.getNodeType()) {
          JsonNode changed = format.readExample();
          at(changed, place, (parent, name) -> replace(parent, name, other));
          format.refuses(changed, place + " as " + other);
        }
      }
    }
  }

  /** A constant or a pattern stands on every string but the envelope's free texts. */
  @ParameterizedTest
  @MethodSource("formats")
  void aControlCharacterIsRefusedInEveryString(Format format) throws Exception {
    Set<String> free = Set.of("/payloadType", "/signatures/0/keyid");
    for (String place : places(format.readExample(), "")) {
      JsonNode old = format.readExample().at(place);
      if (old.isTextual() && !free.contains(place)) {
        for (String text : List.of("\u001b" + old.asText(), old.asText() + "\u202e")) {
          JsonNode changed = format.readExample();
          JsonNode other = JsonNodeFactory.instance.textNode(text);
          at(changed, place, (parent, name) -> replace(parent, name, other));
          format.refuses(changed, place + " with an unseen character");
        }
      }
    }
  }

  /** The schema's copy of the rule about reasons is not looser than need be. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        " a",
        "a ",
        "a\nb",
        "a\u0000b",
        "a\u0085b",
        "a\u00adb",
        "a\u200bb",
        "a\u202eb"
      })
  void aReasonThatHidesSomethingIsRefused(String reason) throws Exception {
    Format exemption = formats().filter(f -> f.name().equals("exemption")).findAny().orElseThrow();
    for (String text : List.of("x", "a b", "gr\u00fcn, \u6f22\u5b57")) {
      exemption.accepts(withReason(exemption, text), "reason " + text);
    }
    exemption.refuses(withReason(exemption, reason), "reason " + reason);
  }

  private static JsonNode withReason(Format exemption, String reason) throws IOException {
    JsonNode changed = exemption.readExample();
    ((ObjectNode) changed.at("/predicate")).put("reason", reason);
    return changed;
  }

  /** The pointers of all members and elements below a node. */
  private static List<String> places(JsonNode node, String place) {
    List<String> places = new ArrayList<>();
    if (node instanceof ObjectNode object) {
      object.fieldNames().forEachRemaining(name -> places.add(place + "/" + name));
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      places.add(place + "/" + i);
    }
    for (String child : List.copyOf(places)) {
      places.addAll(places(node.at(child.substring(place.length())), child));
    }
    return places;
  }

  private static void at(JsonNode root, String place, BiConsumer<JsonNode, String> change) {
    JsonPointer pointer = JsonPointer.compile(place);
    change.accept(root.at(pointer.head()), pointer.last().getMatchingProperty());
  }

  private static void remove(JsonNode parent, String name) {
    if (parent instanceof ArrayNode array) {
      array.remove(Integer.parseInt(name));
    } else {
      ((ObjectNode) parent).remove(name);
    }
  }

  private static void replace(JsonNode parent, String name, JsonNode value) {
    if (parent instanceof ArrayNode array) {
      array.set(Integer.parseInt(name), value);
    } else {
      ((ObjectNode) parent).set(name, value);
    }
  }
}
