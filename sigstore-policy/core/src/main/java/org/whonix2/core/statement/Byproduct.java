package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;

/** A file that a rebuild made beside its artifacts, such as its log. */
public record Byproduct(String name, String mediaType, Sha256 digest) {
  /** What the build's log is called. */
  public static final String BUILD_LOG = "build.log";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.+~_-]{0,199}");
  private static final Pattern MEDIA_TYPE = Pattern.compile("[a-z]+/[a-z0-9.+-]{1,100}");

  public Byproduct {
    if (!NAME.matcher(name).matches() || !MEDIA_TYPE.matcher(mediaType).matches()) {
      throw new IllegalArgumentException("expected a file name and a media type");
    }
  }

  static Byproduct read(JsonFields fields) throws MalformedInputException {
    try {
      Byproduct byproduct =
          new Byproduct(
              fields.string("name"), fields.string("mediaType"), Descriptors.readDigest(fields));
      fields.end();
      return byproduct;
    } catch (IllegalArgumentException e) {
      throw fields.unexpected("name", "a file name and a media type");
    }
  }

  void write(ObjectNode node) {
    Descriptors.writeDigest(node.put("name", name).put("mediaType", mediaType), digest);
  }
}
