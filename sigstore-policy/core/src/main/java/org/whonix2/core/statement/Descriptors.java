package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;
import org.whonix2.core.json.StrictJson;

/** Digests inside in-toto's ResourceDescriptor: {@code "digest": {"sha256": "…"}}. */
final class Descriptors {
  private Descriptors() {}

  /** What every statement begins with. */
  static JsonFields head(String payloadType, byte[] payload) throws MalformedInputException {
    if (!payloadType.equals(Statement.PAYLOAD_TYPE)) {
      throw new MalformedInputException(
          "expected the payload type " + Statement.PAYLOAD_TYPE + ", found another");
    }
    JsonFields statement = StrictJson.object(payload, Statement.MAX_BYTES);
    statement.constant("_type", Statement.TYPE);
    return statement;
  }

  static void writeDigest(ObjectNode owner, Sha256 digest) {
    owner.putObject("digest").put("sha256", digest.toString());
  }

  static Sha256 readDigest(JsonFields owner) throws MalformedInputException {
    JsonFields digest = owner.object("digest");
    Sha256 sha256 = digest.sha256("sha256");
    digest.end();
    return sha256;
  }

  /** An object that has a digest and nothing else. */
  static Sha256 readOnlyDigest(JsonFields owner) throws MalformedInputException {
    Sha256 digest = readDigest(owner);
    owner.end();
    return digest;
  }

  /** The one element of an array of descriptors. */
  static JsonFields readOne(JsonFields owner, String member) throws MalformedInputException {
    List<JsonFields> elements = owner.objects(member);
    if (elements.size() != 1) {
      throw owner.unexpected(member, "one element");
    }
    return elements.get(0);
  }
}
