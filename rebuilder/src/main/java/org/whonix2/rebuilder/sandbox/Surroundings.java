package org.whonix2.rebuilder.sandbox;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * What a build can see of where and when it runs. None of it may change the bits; builds vary it to
 * find out.
 *
 * @param user the build's user name
 * @param host its host name
 * @param buildPath the folder in which the source is unpacked into a folder of its own
 * @param timeZone the variable TZ
 * @param locale the variable LC_ALL
 * @param umask of the build's processes
 * @param processors how many it may run on, and how many jobs at a time it is told to run; more
 *     than the machine has are all it has
 * @param time what its clock shows at the start, by libfaketime; the true time if empty
 * @param shuffledFiles whether folders list their files in an order other than usual, by disorderfs
 * @param personality what setarch(8) makes of the kernel, such as {@code linux32}
 */
public record Surroundings(
    String user,
    String host,
    String buildPath,
    String timeZone,
    String locale,
    int umask,
    int processors,
    Optional<Instant> time,
    boolean shuffledFiles,
    Optional<String> personality) {
  /** The path that Debian's own builders use; it can end up in what they build. */
  public static final String BUILD_PATH = "/build/reproducible-path";

  private static final String NAME = "rebuilder";
  private static final int MOST_PROCESSORS = 1024;
  private static final Pattern PLAIN_NAME = Pattern.compile("[a-z][a-z0-9-]{0,30}");
  private static final Pattern PATH =
      Pattern.compile("/build(?:/[a-zA-Z0-9][a-zA-Z0-9._-]{0,60}){1,8}");
  private static final Pattern ZONE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9/_:,.+-]{0,60}");
  private static final Pattern LOCALE = Pattern.compile("[A-Za-z][A-Za-z0-9_.@-]{0,60}");
  private static final Pattern PERSONALITY = Pattern.compile("[a-z][a-z0-9_]{1,20}");

  /** The same for every build that is attested. */
  public static Surroundings usual(int processors) {
    return new Surroundings(
        NAME,
        NAME,
        BUILD_PATH,
        "UTC",
        "C.UTF-8",
        022,
        processors,
        Optional.empty(),
        false,
        Optional.empty());
  }

  /**
   * Checks what programs and files are made of.
   *
   * @throws MalformedInputException if one of the fields has a form that no build can be given
   */
  public Surroundings checked() throws MalformedInputException {
    require(PLAIN_NAME, user, "a user name");
    require(PLAIN_NAME, host, "a host name");
    require(PATH, buildPath, "a path below /build");
    require(ZONE, timeZone, "a time zone");
    require(LOCALE, locale, "a locale");
    if (personality.isPresent()) {
      require(PERSONALITY, personality.get(), "a personality");
    }
    if (umask < 0 || umask > 0777) {
      throw new MalformedInputException("expected a umask from 0 to 0777, found " + umask);
    }
    if (processors < 1 || processors > MOST_PROCESSORS) {
      throw new MalformedInputException(
          "expected from 1 to " + MOST_PROCESSORS + " processors, found " + processors);
    }
    return this;
  }

  private static void require(Pattern form, String text, String what)
      throws MalformedInputException {
    if (!form.matcher(text).matches()) {
      throw new MalformedInputException("expected " + what + ", found " + Quoted.of(text));
    }
  }
}
