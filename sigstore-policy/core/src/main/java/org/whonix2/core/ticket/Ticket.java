package org.whonix2.core.ticket;

import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;

/**
 * One accepted file.
 *
 * @param digest of the whole file
 * @param identity what its control data says it is
 * @param end from then on it is accepted no more; whole seconds
 */
public record Ticket(Sha256 digest, PackageIdentity identity, Instant end) {
  private static final Pattern LINE =
      Pattern.compile(
          "(?<digest>[0-9a-f]{64}) (?<name>[^ ]+) (?<version>[^ ]+) (?<architecture>[^ ]+)"
              + " (?<end>[^ ]+)");

  public Ticket {
    end = Seconds.of(end);
  }

  /** Reads a line without its line feed; the inverse of {@link #toString}. */
  public static Ticket parse(String line) throws MalformedInputException {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw new MalformedInputException(
          "expected a ticket '<sha256> <name> <version> <architecture> <end>', found "
              + Quoted.of(line));
    }
    return new Ticket(
        Sha256.parse(matcher.group("digest")),
        new PackageIdentity(
            PackageName.parse(matcher.group("name")),
            PackageVersion.parse(matcher.group("version")),
            Architecture.parse(matcher.group("architecture"))),
        Seconds.parse(matcher.group("end")));
  }

  @Override
  public String toString() {
    return digest + " " + identity + " " + end.getEpochSecond();
  }
}
