package org.whonix2.core.statement;

import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * A Git repository inside another's tree.
 *
 * @param path from the uppermost repository's root, without a slash at its ends
 * @param url where it was fetched from
 * @param commit that the tree around it names
 * @param tree of that commit
 */
public record GitSubmodule(String path, GitUrl url, GitId commit, GitId tree) {
  private static final int MAX_PATH = 1000;
  private static final String EXPECTED =
      "a path of at most "
          + MAX_PATH
          + " characters from A-Z, a-z, 0-9, '.', '_', '+', '@', '~', '=', ',' and '-',"
          + " none of its parts '.', '..' or '.git'";

  /** Slashes stand between names only, and no name is Git's own in whatever case. */
  private static final Pattern PATH =
      Pattern.compile(
          "(?!(?:.*/)?(?:\\.{1,2}|\\.[Gg][Ii][Tt])(?:/|$))"
              + "[A-Za-z0-9._+@~=,-]++(?:/[A-Za-z0-9._+@~=,-]++)*+");

  public GitSubmodule {
    Checks.expect(isPath(path), EXPECTED);
  }

  private static boolean isPath(String text) {
    return text.length() <= MAX_PATH && PATH.matcher(text).matches();
  }

  /** Gives a path back, if it is one. */
  public static String checkedPath(String text) throws MalformedInputException {
    if (!isPath(text)) {
      throw new MalformedInputException("expected " + EXPECTED + ", found " + Quoted.of(text));
    }
    return text;
  }

  /** In SPDX's form of a download location. */
  String toUri() {
    return GitUrl.SCHEME + url + "@" + commit;
  }
}
