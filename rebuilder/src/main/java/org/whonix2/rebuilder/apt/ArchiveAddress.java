package org.whonix2.rebuilder.apt;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * Where an archive is that a user names: {@code http://mirror.example/debian}, or with another
 * suite than the one asked for, {@code "http://mirror.example/debian-security bookworm-security"}.
 *
 * @param uri of a web server, or of a folder that is laid out as an archive
 */
public record ArchiveAddress(String uri, Optional<String> suite) {
  private static final Pattern FORM =
      Pattern.compile("((?:https?://|file:/)[!-~]{1,1000})(?: ([a-z0-9][a-z0-9.+/-]{0,63}))?");

  /** Reads an address and perhaps a suite behind it. */
  public static ArchiveAddress parse(String text) throws MalformedInputException {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new MalformedInputException(
          "expected an archive's URL of http, https or file, and perhaps a suite behind it, found "
              + Quoted.of(text));
    }
    // apt copies from a folder then: what is fetched must be the same bytes wherever a root is.
    String uri = parts.group(1).replaceFirst("^file:/+", "copy:///");
    return new ArchiveAddress(uri, Optional.ofNullable(parts.group(2)));
  }

  @Override
  public String toString() {
    return uri + suite.map(name -> " " + name).orElse("");
  }
}
