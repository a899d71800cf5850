package org.whonix2.core.artifact;

import java.util.List;
import java.util.Random;

/** Versions from pieces on which orders differ, and versions that differ in a character or two. */
final class VersionPairs {
  private static final List<String> PIECES =
      List.of(
          "0",
          "1",
          "2",
          "9",
          "10",
          "00",
          "01",
          "007",
          "20230101",
          "99999999999999999999",
          "a",
          "b",
          "z",
          "A",
          "Z",
          "rc",
          "git",
          "dfsg",
          "deb",
          "u",
          "~",
          "~~",
          "+",
          ".",
          "..",
          "-",
          ":");
  private static final String CHARACTERS = "019azAZ.+~-:";

  private final Random random;

  VersionPairs(Random random) {
    this.random = random;
  }

  String next() {
    while (true) {
      StringBuilder version = new StringBuilder();
      if (random.nextInt(4) == 0) {
        version.append(random.nextInt(3)).append(':');
      }
      version.append(random.nextInt(3));
      int pieces = random.nextInt(7);
      for (int i = 0; i < pieces; i++) {
        version.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      if (isVersion(version.toString())) {
        return version.toString();
      }
    }
  }

  /** One that shares most of it, so that the first difference is anywhere. */
  String near(String version) {
    while (true) {
      StringBuilder changed = new StringBuilder(version);
      int edits = random.nextInt(3);
      for (int i = 0; i < edits; i++) {
        int at = random.nextInt(changed.length());
        char c = CHARACTERS.charAt(random.nextInt(CHARACTERS.length()));
        switch (random.nextInt(4)) {
          case 0 -> changed.insert(at, c);
          case 1 -> changed.setCharAt(at, c);
          case 2 -> changed.append(c);
          default -> changed.insert(at, '0');
        }
      }
      if (isVersion(changed.toString())) {
        return changed.toString();
      }
    }
  }

  private static boolean isVersion(String text) {
    try {
      return new PackageVersion(text).value().equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
