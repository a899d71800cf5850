package org.whonix2.rebuilder.input;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;

/** What the first line of debian/changelog says (deb-changelog(5)): which source this is. */
record ChangelogHead(PackageName name, PackageVersion version) {
  /** The most bytes that the first line may have. */
  static final int MAX_BYTES = 1000;

  private static final Pattern LINE =
      Pattern.compile("(\\S+) \\(([^ ()]+)\\)(?: [A-Za-z0-9.+~-]+)+;[ -~]*");

  /** dpkg allows spaces around the sign. */
  private static final Pattern BINARY_ONLY = Pattern.compile("binary-only\\s*=\\s*yes");

  /** Reads the start of the file; what is behind the first line does not matter. */
  static ChangelogHead parse(byte[] start) throws MalformedInputException {
    String text = new String(start, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\n');
    String line = end < 0 ? text : text.substring(0, end);
    Matcher matcher = LINE.matcher(line);
    if (end < 0 || !matcher.matches()) {
      throw new MalformedInputException(
          "debian/changelog: expected a first line 'source (version) suite; ...' of at most "
              + MAX_BYTES
              + " bytes, found "
              + Quoted.of(line));
    }
    if (BINARY_ONLY.matcher(line.toLowerCase(Locale.ROOT)).find()) {
      // dpkg would take the version before it for the source's.
      throw new MalformedInputException(
          "debian/changelog: expected an entry of the source, found one of a binary-only rebuild");
    }
    try {
      return new ChangelogHead(
          PackageName.parse(matcher.group(1)), PackageVersion.parse(matcher.group(2)));
    } catch (MalformedInputException e) {
      throw e.at("debian/changelog");
    }
  }
}
