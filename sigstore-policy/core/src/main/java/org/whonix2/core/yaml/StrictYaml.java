package org.whonix2.core.yaml;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** Reads YAML documents by this package's rules. */
public final class StrictYaml {
  private static final int MAX_DEPTH = 16;

  private StrictYaml() {}

  /**
   * Reads one document whose root is a mapping.
   *
   * @param bytes UTF-8
   * @param limit the most bytes it may have
   */
  public static YamlFields mapping(byte[] bytes, int limit) throws MalformedInputException {
    if (bytes.length > limit) {
      throw new MalformedInputException(
          "expected at most " + limit + " bytes of YAML, found " + bytes.length);
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      LoadSettings settings =
          LoadSettings.builder().setCodePointLimit(limit).setMaxAliasesForCollections(0).build();
      // Events first: what a composed tree no longer shows, and how deep it would nest.
      int depth = 0;
      for (Event event : new Parse(settings).parseString(text)) {
        depth += nesting(event);
        refuseIndirection(event, depth);
      }
      Node root =
          new Compose(settings)
              .composeString(text)
              .orElseThrow(() -> new MalformedInputException("expected a mapping, found nothing"));
      if (!(root instanceof MappingNode mapping)) {
        throw YamlFields.complaint(root, "expected a mapping");
      }
      return new YamlFields("", mapping);
    } catch (CharacterCodingException e) {
      throw new MalformedInputException("expected YAML in UTF-8, found other bytes", e);
    } catch (RuntimeException e) {
      // Its own exception, but a malformed escape makes it throw others too.
      throw new MalformedInputException("not YAML: " + Quoted.message(e), e);
    }
  }

  private static int nesting(Event event) {
    return switch (event.getEventId()) {
      case MappingStart, SequenceStart -> 1;
      case MappingEnd, SequenceEnd -> -1;
      default -> 0;
    };
  }

  private static void refuseIndirection(Event event, int depth) throws MalformedInputException {
    boolean anchored = event instanceof NodeEvent node && node.getAnchor().isPresent();
    boolean taggedScalar = event instanceof ScalarEvent scalar && scalar.getTag().isPresent();
    boolean taggedCollection =
        event instanceof CollectionStartEvent start && start.getTag().isPresent();
    boolean tagged = taggedScalar || taggedCollection;
    if (anchored || tagged || depth > MAX_DEPTH) {
      int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
      throw new MalformedInputException(
          "line "
              + line
              + ": expected plain YAML nested at most "
              + MAX_DEPTH
              + " deep, without anchors, aliases and tags");
    }
  }
}
