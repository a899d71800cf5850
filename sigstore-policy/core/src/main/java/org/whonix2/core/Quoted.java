package org.whonix2.core;

/** Hostile text made fit for a message: bounded, and without control characters. */
public final class Quoted {
  private static final int SHOWN = 80;

  private Quoted() {}

  /** At most 80 characters of it, in single quotes. */
  public static String of(String text) {
    StringBuilder quoted = new StringBuilder("'");
    int shown = Math.min(text.length(), SHOWN);
    for (int i = 0; i < shown; i++) {
      char c = text.charAt(i);
      quoted.append(c >= ' ' && c < 0x7f ? c : '?');
    }
    quoted.append('\'');
    if (shown < text.length()) {
      quoted.append(" (").append(text.length()).append(" characters)");
    }
    return quoted.toString();
  }
}
