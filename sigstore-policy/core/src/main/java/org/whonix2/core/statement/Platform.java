package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.json.JsonFields;

/**
 * What a rebuild ran on, as the rebuilder states it.
 *
 * @param architecture of the machine, in Debian's names
 * @param emulated whether the build ran on an emulated processor
 * @param cpuVendor such as {@code AMD} or {@code Intel}
 * @param cpuModel as the processor calls itself
 * @param kernel its name, such as {@code linux}
 * @param kernelRelease its version
 * @param os the distribution, such as {@code Debian GNU/Linux 12 (bookworm)}
 */
public record Platform(
    String architecture,
    boolean emulated,
    String cpuVendor,
    String cpuModel,
    String kernel,
    String kernelRelease,
    String os) {
  private static final Pattern PRINTABLE = Pattern.compile("[ -~]{1,200}");

  public Platform {
    for (String text : List.of(architecture, cpuVendor, cpuModel, kernel, kernelRelease, os)) {
      if (!PRINTABLE.matcher(text).matches()) {
        throw new IllegalArgumentException(
            "expected 1 to 200 printable ASCII characters in every text of a platform");
      }
    }
  }

  static Platform read(JsonFields fields) throws MalformedInputException {
    Platform platform =
        new Platform(
            fields.string("architecture"),
            fields.bool("emulated"),
            fields.string("cpuVendor"),
            fields.string("cpuModel"),
            fields.string("kernel"),
            fields.string("kernelRelease"),
            fields.string("os"));
    fields.end();
    return platform;
  }

  void write(ObjectNode node) {
    node.put("architecture", architecture);
    node.put("emulated", emulated);
    node.put("cpuVendor", cpuVendor);
    node.put("cpuModel", cpuModel);
    node.put("kernel", kernel);
    node.put("kernelRelease", kernelRelease);
    node.put("os", os);
  }
}
