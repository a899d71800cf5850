package org.whonix2.core.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** Reads and writes JSON documents by this package's rules. */
public final class StrictJson {
  private static final int MAX_DEPTH = 32;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(20)
                          .maxNameLength(200)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private StrictJson() {}

  /**
   * Reads one JSON object.
   *
   * @param bytes UTF-8
   * @param limit the most bytes it may have
   */
  public static JsonFields object(byte[] bytes, int limit) throws MalformedInputException {
    if (bytes.length > limit) {
      throw new MalformedInputException(
          "expected at most " + limit + " bytes of JSON, found " + bytes.length);
    }
    try {
      // Decoded here: Jackson would guess UTF-16 or UTF-32 from the first bytes.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      JsonNode node = MAPPER.readTree(text);
      if (!(node instanceof ObjectNode object)) {
        throw new MalformedInputException("expected a JSON object, found something else");
      }
      return new JsonFields("", object);
    } catch (CharacterCodingException e) {
      throw new MalformedInputException("expected JSON in UTF-8, found other bytes", e);
    } catch (JsonProcessingException e) {
      throw new MalformedInputException("not JSON: " + Quoted.message(e), e);
    }
  }

  /** An empty object to be filled and written with {@link #write}. */
  public static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }

  /** One line, members in the order they were put in, UTF-8. */
  public static byte[] write(ObjectNode object) {
    try {
      return MAPPER.writeValueAsBytes(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree in memory could not be written", e);
    }
  }
}
