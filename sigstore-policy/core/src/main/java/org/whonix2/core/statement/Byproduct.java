package org.whonix2.core.statement;

import java.util.regex.Pattern;
import org.whonix2.core.digest.Sha256;

/** A file that a rebuild made beside its artifacts, such as its log. */
public record Byproduct(String name, String mediaType, Sha256 digest) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.+~_-]{0,199}");
  private static final Pattern MEDIA_TYPE = Pattern.compile("[a-z]+/[a-z0-9.+-]{1,100}");

  public Byproduct {
    if (!NAME.matcher(name).matches() || !MEDIA_TYPE.matcher(mediaType).matches()) {
      throw new IllegalArgumentException("expected a file name and a media type");
    }
  }
}
