package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;

/**
 * How a compiler is built from its source, by name and by digest.
 *
 * @param name such as {@code tcc}
 * @param digest over all of the plan's files
 */
public record BootstrapPlan(String name, Sha256 digest) {
  public BootstrapPlan {
    Checks.token(name, "a bootstrap plan such as tcc");
  }

  static BootstrapPlan read(JsonFields fields) throws MalformedInputException {
    BootstrapPlan plan = new BootstrapPlan(fields.string("name"), Descriptors.readDigest(fields));
    fields.end();
    return plan;
  }

  void write(ObjectNode node) {
    Descriptors.writeDigest(node.put("name", name), digest);
  }
}
