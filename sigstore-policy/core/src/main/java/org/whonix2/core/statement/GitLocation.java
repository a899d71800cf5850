package org.whonix2.core.statement;

import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/** Where a source that is kept in Git is, in SPDX's form {@code git+URL@refs/tags/TAG}. */
record GitLocation(GitUrl url, GitTag tag) {
  private static final String AT = "@refs/tags/";

  static boolean looksSo(String text) {
    return text.startsWith(GitUrl.SCHEME);
  }

  static GitLocation of(GitSource source) {
    return new GitLocation(source.url(), source.tag());
  }

  /** Reads the one form that it is written in; no URL has an at sign. */
  static GitLocation parse(String text) throws MalformedInputException {
    int at = text.indexOf(AT);
    if (!looksSo(text) || at < 0) {
      throw new MalformedInputException("expected git+URL@refs/tags/TAG, found " + Quoted.of(text));
    }
    String url = text.substring(GitUrl.SCHEME.length(), at);
    String tag = text.substring(at + AT.length()).replace("%25", "%");
    GitLocation location = new GitLocation(GitUrl.parse(url), GitTag.parse(tag));
    if (!location.toString().equals(text)) {
      throw new MalformedInputException(
          "expected a percent sign as %25 in a tag's name, found " + Quoted.of(text));
    }
    return location;
  }

  @Override
  public String toString() {
    return GitUrl.SCHEME + url + AT + tag.escaped();
  }
}
