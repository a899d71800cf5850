package org.whonix2.rebuilder.git;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.statement.GitId;

/**
 * What counts of a commit object.
 *
 * @param tree all its files
 * @param seconds of its committer's time since 1970
 */
record Commit(GitId tree, long seconds) {
  static final int MAX_BYTES = 1 << 20;

  private static final Pattern FORM =
      Pattern.compile(
          "tree ([0-9a-f]{40})\n(?:parent [0-9a-f]{40}\n)*+author [^\n]*\n"
              + "committer [^\n]*> ([0-9]{1,10}) [+-][0-9]{4}\n.*",
          Pattern.DOTALL);

  static Commit parse(byte[] object) throws MalformedInputException {
    Matcher matcher = FORM.matcher(new String(object, StandardCharsets.ISO_8859_1));
    if (!matcher.matches()) {
      throw new MalformedInputException(
          "expected a commit with a tree, an author and a committer's time from 1970 on");
    }
    long seconds = Long.parseLong(matcher.group(2));
    if (seconds > TarWriter.LATEST) {
      throw new MalformedInputException(
          "expected a committer's time of at most " + TarWriter.LATEST + ", found " + seconds);
    }
    return new Commit(GitId.parse(matcher.group(1)), seconds);
  }
}
