package org.whonix2.core.statement;

import java.util.List;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;

/**
 * A Debian source that is kept in Git, at a signed tag. Git's own ids are SHA-1, for which two
 * contents can be made: what counts is the SHA-256 over an archive of all files.
 *
 * @param name of the source package, from the first entry of debian/changelog, as is the version
 * @param url of the repository
 * @param tag the annotated tag whose signature was verified
 * @param commit that the tag names
 * @param tree of that commit
 * @param submodules with their own ones, strictly ascending by path
 * @param archive digest of the tree and its submodules as a tar file; {@code docs/formats.md} says
 *     how it is made
 */
public record GitSource(
    PackageName name,
    PackageVersion version,
    GitUrl url,
    GitTag tag,
    GitId commit,
    GitId tree,
    List<GitSubmodule> submodules,
    Sha256 archive)
    implements RebuildSource {
  /** The most submodules a source may have, with theirs. */
  public static final int MOST_SUBMODULES = 50;

  public GitSource {
    submodules = List.copyOf(submodules);
    Checks.expect(
        submodules.size() <= MOST_SUBMODULES,
        "at most " + MOST_SUBMODULES + " submodules, found " + submodules.size());
    for (int i = 1; i < submodules.size(); i++) {
      Checks.expect(
          submodules.get(i - 1).path().compareTo(submodules.get(i).path()) < 0,
          "submodules strictly ascending by path");
    }
  }

  @Override
  public Sha256 digest() {
    return archive;
  }

  /** The name of the archive. */
  @Override
  public String fileName() {
    return fileName(name, version);
  }

  /** The name of the archive of such a source. */
  public static String fileName(PackageName name, PackageVersion version) {
    return name + "_" + version.withoutEpoch() + ".git.tar";
  }

  /** The same with these submodules. */
  GitSource with(List<GitSubmodule> others) {
    return new GitSource(name, version, url, tag, commit, tree, others, archive);
  }
}
