package org.whonix2.rebuilder.difference;

/** In what two packages of one identity differ. */
public enum Difference {
  /** Their files are the same; what packed them was not. */
  PACKING("packing", "the same files, packed otherwise"),
  /** Nothing but the notes that follow from other debug information, and their checksums. */
  BUILD_ID("build-id", "differs only in build id and debug link"),
  /** Files with debug symbols, which no program needs to run. */
  DEBUG_SYMBOLS("debug-symbols", "differs only in debug symbols"),
  /** Anything else, or what could not be read. */
  CONTENT("content", "differs in what it contains");

  private final String word;
  private final String text;

  Difference(String word, String text) {
    this.word = word;
    this.text = text;
  }

  /** For programs. */
  public String word() {
    return word;
  }

  /** For people. */
  @Override
  public String toString() {
    return text;
  }
}
