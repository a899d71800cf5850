package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;

/**
 * A toolchain by name and by the digest of its definition.
 *
 * @param name the hash class of what it builds, such as {@code gcc-12}
 */
public record Toolchain(String name, Sha256 digest) {
  public Toolchain {
    Checks.token(name, "a toolchain such as gcc-12");
  }

  static Toolchain read(JsonFields fields) throws MalformedInputException {
    Toolchain toolchain = new Toolchain(fields.string("name"), Descriptors.readDigest(fields));
    fields.end();
    return toolchain;
  }

  void write(ObjectNode node) {
    Descriptors.writeDigest(node.put("name", name), digest);
  }
}
