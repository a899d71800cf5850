package org.whonix2.rebuilder.rebuild;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How an artifact compares with the archive's. */
public enum Agreement {
  /** The archive has exactly these bits. */
  AGREES("agrees", null),
  /** It has other bits that came out of the very environment of this rebuild. */
  MISMATCH(
      "mismatch",
      "other bits than the archive's, built with the packages that its .buildinfo names"),
  /** It has other bits, and nobody told what environment they came out of. */
  INCONCLUSIVE(
      "inconclusive",
      "other bits than the archive's, whose build environment is not known here: without its"
          + " .buildinfo that says nothing against either"),
  /** It has no such package, as for debug symbols, which live elsewhere. */
  NOT_IN_ARCHIVE("not in archive", null);

  private final String text;
  private final Optional<String> meaning;

  Agreement(String text, @Nullable String meaning) {
    this.text = text;
    this.meaning = Optional.ofNullable(meaning);
  }

  /** Whether there are other bits to look at. */
  public boolean differs() {
    return this == MISMATCH || this == INCONCLUSIVE;
  }

  /** One sentence for people, where the word alone does not say it. */
  public Optional<String> meaning() {
    return meaning;
  }

  @Override
  public String toString() {
    return text;
  }
}
