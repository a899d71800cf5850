package org.whonix2.core.statement;

import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;

/**
 * A Debian source package.
 *
 * @param dsc digest of its .dsc, which names every other file by digest
 */
public record SourcePackage(PackageName name, PackageVersion version, Sha256 dsc)
    implements RebuildSource {
  /** Reads {@code uri}, whose suite must be this one, and {@code digest}. */
  static SourcePackage read(JsonFields fields, String suite) throws MalformedInputException {
    DebPurl url = DebPurl.readSource(fields, "uri", suite);
    return new SourcePackage(url.name(), url.version(), Descriptors.readDigest(fields));
  }

  @Override
  public Sha256 digest() {
    return dsc;
  }

  /** The name of its .dsc. */
  @Override
  public String fileName() {
    return name + "_" + version.withoutEpoch() + ".dsc";
  }
}
