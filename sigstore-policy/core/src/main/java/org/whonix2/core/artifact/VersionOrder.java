package org.whonix2.core.artifact;

/**
 * The order of upstream parts and of revisions (Debian Policy 5.6.12): by turns a stretch without
 * digits and a number, each possibly empty, until one differs.
 */
final class VersionOrder {
  private VersionOrder() {}

  static int compare(String left, String right) {
    int l = 0;
    int r = 0;
    while (l < left.length() || r < right.length()) {
      int leftNumber = endOfText(left, l);
      int rightNumber = endOfText(right, r);
      int byText = compareText(left, l, leftNumber, right, r, rightNumber);
      if (byText != 0) {
        return byText;
      }
      l = endOfNumber(left, leftNumber);
      r = endOfNumber(right, rightNumber);
      int byNumber = compareNumbers(left, leftNumber, l, right, rightNumber, r);
      if (byNumber != 0) {
        return byNumber;
      }
    }
    return 0;
  }

  /** Character by character; past its end a stretch has characters of weight 0. */
  private static int compareText(
      String left, int l, int leftEnd, String right, int r, int rightEnd) {
    int length = Math.max(leftEnd - l, rightEnd - r);
    for (int i = 0; i < length; i++) {
      int leftWeight = l + i < leftEnd ? weight(left.charAt(l + i)) : 0;
      int rightWeight = r + i < rightEnd ? weight(right.charAt(r + i)) : 0;
      if (leftWeight != rightWeight) {
        return Integer.compare(leftWeight, rightWeight);
      }
    }
    return 0;
  }

  /** A tilde comes before even the end, letters after it, and everything else after them. */
  private static int weight(char c) {
    if (c == '~') {
      return -1;
    }
    boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter ? c : c + 256;
  }

  /** By value, without an integer that could overflow: the longer one, then digit by digit. */
  private static int compareNumbers(
      String left, int l, int leftEnd, String right, int r, int rightEnd) {
    int leftStart = skipZeros(left, l, leftEnd);
    int rightStart = skipZeros(right, r, rightEnd);
    int byLength = Integer.compare(leftEnd - leftStart, rightEnd - rightStart);
    return byLength != 0
        ? byLength
        : left.substring(leftStart, leftEnd).compareTo(right.substring(rightStart, rightEnd));
  }

  private static int skipZeros(String text, int start, int end) {
    int at = start;
    while (at < end && text.charAt(at) == '0') {
      at++;
    }
    return at;
  }

  private static int endOfText(String text, int start) {
    int at = start;
    while (at < text.length() && !isDigit(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static int endOfNumber(String text, int start) {
    int at = start;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
