package org.whonix2.core.statement;

import com.github.packageurl.MalformedPackageURLException;
import com.github.packageurl.PackageURLBuilder;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.json.JsonFields;

/**
 * A package URL (purl) of type deb: {@code pkg:deb/debian/NAME@VERSION?arch=ARCH&distro=SUITE},
 * with the whole version, its epoch included. {@code source} stands as architecture for source
 * packages.
 */
record DebPurl(PackageName name, PackageVersion version, String arch, String suite) {
  private static final Pattern PARTS =
      Pattern.compile("pkg:deb/debian/([^/@?]+)@([^/@?]+)\\?arch=([^&]+)&distro=([^&]+)");
  private static final Pattern QUALIFIER = Pattern.compile("[a-z0-9][a-z0-9.+/-]{0,63}");

  DebPurl {
    if (!isQualifier(arch) || !isQualifier(suite)) {
      throw new IllegalArgumentException("expected an architecture and a suite");
    }
  }

  private static boolean isQualifier(String text) {
    return QUALIFIER.matcher(text).matches();
  }

  /** Reads the canonical form only; the inverse of {@link #toString}. */
  static DebPurl parse(String text) throws MalformedInputException {
    Matcher parts = PARTS.matcher(text);
    if (parts.matches()) {
      PackageName name = PackageName.parse(decoded(parts.group(1)));
      PackageVersion version = PackageVersion.parse(decoded(parts.group(2)));
      String arch = decoded(parts.group(3));
      String suite = decoded(parts.group(4));
      if (isQualifier(arch) && isQualifier(suite)) {
        DebPurl purl = new DebPurl(name, version, arch, suite);
        // Whatever of it was read, only what is written so is accepted.
        if (purl.toString().equals(text)) {
          return purl;
        }
      }
    }
    throw new MalformedInputException(
        "expected pkg:deb/debian/NAME@VERSION?arch=ARCH&distro=SUITE in canonical form");
  }

  /** RFC 3986, section 2.1; what is no such encoding stays as it is. */
  private static String decoded(String part) {
    try {
      return part.indexOf('%') < 0
          ? part
          : URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return part;
    }
  }

  /** Of a source, as of this suite. */
  static DebPurl ofSource(RebuildSource source, String suite) {
    return new DebPurl(source.name(), source.version(), RebuildWriter.SOURCE, suite);
  }

  /** Reads a member that names a source package of this suite. */
  static DebPurl readSource(JsonFields fields, String member, String suite)
      throws MalformedInputException {
    DebPurl url = fields.parsed(member, DebPurl::parse);
    if (!url.arch().equals(RebuildWriter.SOURCE) || !url.suite().equals(suite)) {
      throw fields.unexpected(member, "a source package of suite " + Quoted.of(suite));
    }
    return url;
  }

  @Override
  public String toString() {
    try {
      return PackageURLBuilder.aPackageURL()
          .withType("deb")
          .withNamespace("debian")
          .withName(name.value())
          .withVersion(version.value())
          .withQualifier("arch", arch)
          .withQualifier("distro", suite)
          .build()
          .canonicalize();
    } catch (MalformedPackageURLException e) {
      throw new IllegalStateException("a checked name gave no package URL", e);
    }
  }
}
