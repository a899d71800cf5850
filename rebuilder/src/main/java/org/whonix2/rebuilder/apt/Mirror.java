package org.whonix2.rebuilder.apt;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;

/**
 * One suite at one address, as an apt source.
 *
 * @param signedBy the value of Signed-By: a keyring's path, fingerprints, or a whole key over
 *     several lines; without one, apt's trusted keys count
 * @param mayBeExpired whether its Release file may be older than it says itself: a snapshot's is
 */
record Mirror(
    String uri,
    String suite,
    List<String> components,
    Optional<String> signedBy,
    boolean mayBeExpired) {
  private static final Pattern URI = Pattern.compile("[a-z][a-z0-9+.-]*:[!-~]{1,1000}");
  private static final Pattern USER_INFORMATION = Pattern.compile("[a-z0-9+.-]+:/*[^/]*@([^/]*).*");
  private static final Pattern SUITE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,99}");
  private static final Pattern KEY = Pattern.compile("[ -~\n]{0,65536}");

  static Mirror of(String uri, String suite, List<String> components, Optional<String> signedBy)
      throws MalformedInputException {
    if (!URI.matcher(uri).matches()) {
      throw new MalformedInputException("expected a URI without spaces, found '" + uri + "'");
    }
    // What a build root is made from must hold no secret; nor may the message.
    Matcher secret = USER_INFORMATION.matcher(uri);
    if (secret.matches()) {
      throw new MalformedInputException(
          "expected a mirror's URI without user name and password, found one with them at "
              + Quoted.of(secret.group(1)));
    }
    if (!SUITE.matcher(suite).matches()) {
      throw new MalformedInputException("expected a suite's name, found '" + suite + "'");
    }
    for (String component : components) {
      if (!SUITE.matcher(component).matches()) {
        throw new MalformedInputException("expected a component, found '" + component + "'");
      }
    }
    if (signedBy.isPresent() && !KEY.matcher(signedBy.get()).matches()) {
      throw new MalformedInputException("expected plain text in Signed-By");
    }
    return new Mirror(uri, suite, List.copyOf(components), signedBy, false);
  }

  /** The same archive elsewhere. */
  Mirror at(ArchiveAddress address, String otherSuite, boolean expired)
      throws MalformedInputException {
    Mirror moved = of(address.uri(), otherSuite, components, signedBy);
    return new Mirror(moved.uri, moved.suite, moved.components, moved.signedBy, expired);
  }

  /** This mirror as a deb822 source of packages and sources; nothing makes it trusted. */
  String format() {
    StringBuilder out = new StringBuilder();
    out.append("Types: deb deb-src\nURIs: ").append(uri);
    out.append("\nSuites: ").append(suite);
    out.append("\nComponents: ").append(String.join(" ", components)).append('\n');
    if (mayBeExpired) {
      out.append("Check-Valid-Until: no\n");
    }
    signedBy.ifPresent(key -> out.append("Signed-By: ").append(indented(key)).append('\n'));
    return out.toString();
  }

  private static String indented(String key) {
    return key.replace("\n", "\n ");
  }
}
