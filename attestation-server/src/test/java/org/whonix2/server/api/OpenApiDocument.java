package org.whonix2.server.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.DisallowUnknownKeywordFactory;
import com.networknt.schema.keyword.NonValidationKeyword;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.whonix2.server.Answers;

/** An OpenAPI document, against which requests and answers can be held. */
final class OpenApiDocument {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** A keyword that nobody knows is a slip, such as a comma in a text without quotes. */
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(
          Dialect.builder(Dialects.getDraft202012())
              .keyword(new NonValidationKeyword("components"))
              .unknownKeywordFactory(DisallowUnknownKeywordFactory.getInstance())
              .build());

  /** Only the last parameter of a path may have slashes in it. */
  private static final Pattern NAME = Pattern.compile("\\{([a-z0-9]+)\\}");

  private final JsonNode root;

  private OpenApiDocument(JsonNode root) {
    this.root = root;
  }

  static OpenApiDocument parse(String yaml) {
    return new OpenApiDocument(readYaml(yaml));
  }

  static JsonNode readYaml(String yaml) {
    Load load = new Load(LoadSettings.builder().build());
    return MAPPER.valueToTree(load.loadFromString(yaml));
  }

  JsonNode root() {
    return root;
  }

  /** Such as {@code GET /health}. */
  Set<String> operations() {
    Set<String> operations = new TreeSet<>();
    root.path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
    return operations;
  }

  /** All operations with each status that they may have, such as {@code GET /health 503}. */
  Set<String> answers() {
    Set<String> answers = new TreeSet<>();
    for (String operation : operations()) {
      operation(operation)
          .path("responses")
          .fieldNames()
          .forEachRemaining(status -> answers.add(operation + " " + status));
    }
    return answers;
  }

  private JsonNode operation(String operation) {
    String[] words = operation.split(" ", -1);
    return root.path("paths").path(words[1]).path(words[0].toLowerCase(Locale.ROOT));
  }

  /** What is wrong with an answer, if anything. */
  List<String> complaints(String operation, HttpResponse<byte[]> answer) {
    int status = answer.statusCode();
    JsonNode described = resolve(operation(operation).path("responses").path("" + status));
    if (described.isMissingNode()) {
      return List.of("status " + status + " is not described");
    }
    List<String> complaints = new ArrayList<>();
    for (Map.Entry<String, JsonNode> header : described.path("headers").properties()) {
      String value = Answers.header(answer, header.getKey());
      if (!value.isEmpty() || header.getValue().path("required").asBoolean()) {
        complaints.addAll(validate(header.getValue().path("schema"), TextNode.valueOf(value)));
      }
    }
    if (described.path("content").isMissingNode()) {
      if (answer.body().length > 0) {
        complaints.add("a body is not described");
      }
      return complaints;
    }
    String type = Answers.header(answer, "Content-Type").replaceFirst("(?i);charset=utf-8$", "");
    JsonNode content = described.path("content").path(type);
    if (content.isMissingNode()) {
      complaints.add("the content type " + type + " is not described");
    } else {
      complaints.addAll(validate(content.path("schema"), body(type, answer.body())));
    }
    return complaints;
  }

  private static JsonNode body(String type, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    try {
      return type.endsWith("json") ? MAPPER.readTree(text) : TextNode.valueOf(text);
    } catch (JsonProcessingException e) {
      return TextNode.valueOf(text);
    }
  }

  /** What is wrong with the parameters in a request's target, if anything. */
  List<String> complaints(String operation, String target) {
    List<String> complaints = new ArrayList<>();
    int mark = target.indexOf('?');
    Map<String, String> given = new HashMap<>();
    inPath(operation, mark < 0 ? target : target.substring(0, mark), given);
    if (mark >= 0 && mark + 1 < target.length()) {
      for (String pair : target.substring(mark + 1).split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals < 0
            || given.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
          complaints.add("no value or two: " + pair);
        }
      }
    }
    for (JsonNode reference : operation(operation).path("parameters")) {
      JsonNode parameter = resolve(reference);
      String value = given.remove(parameter.path("name").asText());
      if (value != null) {
        complaints.addAll(validate(parameter.path("schema"), decoded(value)));
      } else if (parameter.path("required").asBoolean()) {
        complaints.add("it lacks " + parameter.path("name"));
      }
    }
    given.keySet().forEach(name -> complaints.add("no parameter is called " + name));
    return complaints;
  }

  private static void inPath(String operation, String path, Map<String, String> given) {
    String template = operation.substring(operation.indexOf(' ') + 1);
    List<String> names = new ArrayList<>();
    Matcher parameters = NAME.matcher(template);
    while (parameters.find()) {
      names.add(parameters.group(1));
    }
    String pattern = template.replace(".", "\\.").replaceAll("\\{[a-z0-9]+\\}$", "(.*)");
    Matcher values = Pattern.compile(pattern.replaceAll("\\{[^}]*\\}", "([^/]*)")).matcher(path);
    if (!values.matches()) {
      throw new IllegalArgumentException(path + " is none of " + operation);
    }
    for (int i = 0; i < names.size(); i++) {
      given.put(names.get(i), values.group(i + 1));
    }
  }

  private static JsonNode decoded(String value) {
    try {
      return TextNode.valueOf(URI.create("x:/" + value).getPath().substring(1));
    } catch (IllegalArgumentException e) {
      // What is no URL is no value of any parameter.
      return MAPPER.nullNode();
    }
  }

  /** What is wrong with a request's body, if anything. */
  List<String> bodyComplaints(String operation, String contentType, byte[] body) {
    JsonNode content = operation(operation).path("requestBody").path("content").path(contentType);
    return content.isMissingNode()
        ? List.of("the content type " + contentType + " is not described")
        : validate(content.path("schema"), body(contentType, body));
  }

  private JsonNode resolve(JsonNode node) {
    return node.has("$ref") ? root.at(node.path("$ref").asText().substring(1)) : node;
  }

  List<String> validate(JsonNode schema, JsonNode value) {
    ObjectNode whole = MAPPER.createObjectNode();
    whole.set("components", root.path("components"));
    whole.putArray("allOf").add(schema);
    return complaints(whole, value);
  }

  /** What a JSON Schema (2020-12) says of a value. */
  static List<String> complaints(JsonNode schema, JsonNode value) {
    return SCHEMAS
        .getSchema(schema)
        .validate(value, context -> context.executionConfig(c -> c.formatAssertionsEnabled(true)))
        .stream()
        .map(Object::toString)
        .toList();
  }
}
