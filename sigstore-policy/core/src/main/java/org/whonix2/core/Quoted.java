package org.whonix2.core;

/** Hostile text made fit for a message: bounded, and without control characters. */
public final class Quoted {
  private static final int SHOWN = 80;
  private static final int LONGEST_MESSAGE = 500;

  private Quoted() {}

  /** At most 80 characters of it, in single quotes. */
  public static String of(String text) {
    int shown = Math.min(text.length(), SHOWN);
    String quoted = "'" + printable(text.substring(0, shown)).replace('\n', '?') + "'";
    return shown < text.length() ? quoted + " (" + text.length() + " characters)" : quoted;
  }

  /**
   * A library's message about hostile text, which it may quote as it is: at most 500 characters,
   * without quotes around it; its lines stay.
   */
  public static String message(Throwable e) {
    String message = String.valueOf(e.getMessage());
    return message.length() > LONGEST_MESSAGE
        ? printable(message.substring(0, LONGEST_MESSAGE)) + "..."
        : printable(message);
  }

  private static String printable(String text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      shown.append((c >= ' ' && c < 0x7f) || c == '\n' ? c : '?');
    }
    return shown.toString();
  }
}
