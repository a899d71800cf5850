package org.whonix2.rebuilder.apt;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.core.digest.Sha256;

/**
 * A binary package as the archive's signed Packages index describes it.
 *
 * @param sourceName of the source that it was built from
 * @param size in bytes
 */
public record ArchivedBinary(
    PackageIdentity identity,
    PackageName sourceName,
    PackageVersion sourceVersion,
    Sha256 digest,
    long size) {
  private static final Pattern SOURCE = Pattern.compile("(\\S+)(?: \\(([^ ()]+)\\))?");
  private static final Pattern SIZE = Pattern.compile("[0-9]{1,12}");

  static ArchivedBinary of(Deb822 entry) throws MalformedInputException {
    PackageIdentity identity = PackageIdentity.of(entry);
    String source = entry.get("Source").orElse(identity.name().toString());
    Matcher parts = SOURCE.matcher(source);
    if (!parts.matches()) {
      throw new MalformedInputException(
          identity + ": expected Source 'name (version)', found " + Quoted.of(source));
    }
    String size = entry.require("Size");
    if (!SIZE.matcher(size).matches()) {
      throw new MalformedInputException(identity + ": expected a Size, found " + Quoted.of(size));
    }
    return new ArchivedBinary(
        identity,
        PackageName.parse(parts.group(1)),
        parts.group(2) == null ? identity.version() : PackageVersion.parse(parts.group(2)),
        Sha256.parse(entry.require("SHA256")),
        Long.parseLong(size));
  }

  /** As apt names it on its command line. */
  String toArgument() {
    // To apt, what is of all architectures is of its own.
    String all = identity.architecture().toString();
    String architecture = all.equals("all") ? "" : ":" + all;
    return identity.name() + architecture + "=" + identity.version();
  }

  /** Whether it was built from that version of that source. */
  public boolean isOf(ArchivedSource source) {
    return sourceName.equals(source.name()) && sourceVersion.equals(source.version());
  }
}
