package org.whonix2.core.statement;

import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;

/** What a rebuild was made from. */
public sealed interface RebuildSource permits SourcePackage, GitSource {
  PackageName name();

  /** The source's own, also where the packages of a binary-only rebuild have another. */
  PackageVersion version();

  /** What two rebuilds must share to be of one source: the SHA-256 of {@link #fileName}. */
  Sha256 digest();

  /** The name of the one file whose digest stands for the whole source. */
  String fileName();
}
