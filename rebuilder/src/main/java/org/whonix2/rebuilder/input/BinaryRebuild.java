package org.whonix2.rebuilder.input;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;

/**
 * A binary-only rebuild of a source: the source's version with {@code +b} and a number.
 *
 * @param entry of the changelog, which ends with an empty line
 */
public record BinaryRebuild(PackageVersion version, String entry) {
  static final int MOST_CHARACTERS = 64 << 10;

  private static final Pattern FIRST =
      Pattern.compile("(\\S+) \\(([^ ()]+)\\)(?: [A-Za-z0-9.+~-]+)+;(.*)");
  private static final Pattern BINARY_ONLY = Pattern.compile(".*[ ,]binary-only=yes(?:,.*)?");
  private static final Pattern LAST = Pattern.compile(" -- .{1,1000} <[^<>]{0,1000}>  .{1,100}");

  /**
   * Reads one changelog entry (deb-changelog(5)).
   *
   * @throws MalformedInputException if it is not exactly one, or not one of such a rebuild of this
   *     source
   */
  public static BinaryRebuild parse(String text, PackageName source, PackageVersion sourceVersion)
      throws MalformedInputException {
    if (text.length() > MOST_CHARACTERS) {
      throw new MalformedInputException(
          "expected at most " + MOST_CHARACTERS + " characters, found " + text.length());
    }
    List<String> lines = text.stripTrailing().lines().toList();
    if (lines.size() < 2) {
      throw new MalformedInputException("expected a changelog entry, found " + Quoted.of(text));
    }
    Matcher first = FIRST.matcher(lines.get(0));
    if (!first.matches() || !BINARY_ONLY.matcher(first.group(3)).matches()) {
      throw new MalformedInputException(
          "expected 'source (version) suite; ..., binary-only=yes', found "
              + Quoted.of(lines.get(0)));
    }
    for (String line : lines.subList(1, lines.size() - 1)) {
      if (!line.isBlank() && !line.startsWith("  ")) {
        throw new MalformedInputException("expected one entry's lines, found " + Quoted.of(line));
      }
    }
    String last = lines.get(lines.size() - 1);
    if (!LAST.matcher(last).matches()) {
      throw new MalformedInputException(
          "expected ' -- maintainer <address>  date', found " + Quoted.of(last));
    }
    PackageVersion version = PackageVersion.parse(first.group(2));
    if (!first.group(1).equals(source.toString()) || !isOf(version, sourceVersion)) {
      throw new MalformedInputException(
          "expected an entry of "
              + source
              + " ("
              + sourceVersion
              + "+bN), found one of "
              + Quoted.of(first.group(1))
              + " ("
              + version
              + ")");
    }
    return new BinaryRebuild(version, String.join("\n", lines) + "\n\n");
  }

  /** Whether the one is the other with {@code +b} and a number. */
  static boolean isOf(PackageVersion version, PackageVersion sourceVersion) {
    String start = sourceVersion + "+b";
    return version.toString().startsWith(start)
        && version.toString().substring(start.length()).matches("[1-9][0-9]{0,4}");
  }

  /** Writes the entry into a folder. */
  void write(Path folder, String name) throws IOException {
    Files.write(folder.resolve(name), entry.getBytes(StandardCharsets.UTF_8));
  }
}
