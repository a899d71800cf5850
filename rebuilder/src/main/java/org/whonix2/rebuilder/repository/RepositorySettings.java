package org.whonix2.rebuilder.repository;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * How a repository is to be.
 *
 * @param folder absolute
 * @param suite one path segment
 * @param origin and {@code label} are what pins name; plain text that needs no quotes anywhere
 * @param validity how long apt believes the indices
 * @param debug whether packages with debug symbols alone are taken, too
 */
public record RepositorySettings(
    Path folder, String suite, String origin, String label, Duration validity, boolean debug) {
  private static final Pattern SUITE = Pattern.compile("[a-z0-9][a-z0-9.+-]{0,63}");
  private static final Pattern TEXT =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9 .+_-]{0,62}[A-Za-z0-9.+_-])?");
  private static final int MOST_DAYS = 366;

  public RepositorySettings {
    if (!folder.isAbsolute()
        || !SUITE.matcher(suite).matches()
        || !TEXT.matcher(origin).matches()
        || !TEXT.matcher(label).matches()
        || validity.toDays() < 1) {
      throw new IllegalArgumentException("not settings of a repository");
    }
  }

  /** Checks what a user gave. */
  public static RepositorySettings of(
      Path folder, String suite, String origin, String label, int validDays, boolean debug)
      throws MalformedInputException {
    if (!SUITE.matcher(suite).matches()) {
      throw new MalformedInputException(
          "expected a suite such as variants, found " + Quoted.of(suite));
    }
    for (String text : new String[] {origin, label}) {
      if (!TEXT.matcher(text).matches()) {
        throw new MalformedInputException(
            "expected an origin and a label of 1 to 64 letters, digits, blanks and '.+_-', found "
                + Quoted.of(text));
      }
    }
    if (validDays < 1 || validDays > MOST_DAYS) {
      throw new MalformedInputException(
          "expected --valid-days from 1 to " + MOST_DAYS + ", found " + validDays);
    }
    return new RepositorySettings(
        folder.toAbsolutePath().normalize(),
        suite,
        origin,
        label,
        Duration.ofDays(validDays),
        debug);
  }
}
