package org.whonix2.rebuilder.rebuild;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.digest.Sha256;
import org.whonix2.rebuilder.apt.ArchivedSource;

/**
 * What came out when somebody built this source in exactly the environment of our rebuild, as the
 * .buildinfo states that the root was made from. Only bits that it names can be contradicted: the
 * archive's other bits came from elsewhere.
 *
 * @param files digests by the packages' file names
 */
public record RecordedBuild(Map<String, Sha256> files) {
  /** Nobody told of such a build. */
  public static final RecordedBuild NONE = new RecordedBuild(Map.of());

  public RecordedBuild {
    files = Map.copyOf(files);
  }

  static RecordedBuild of(List<ArchivedSource.SourceFile> recorded) {
    Map<String, Sha256> files = new TreeMap<>();
    recorded.forEach(file -> files.put(file.name(), file.digest()));
    return new RecordedBuild(files);
  }

  Optional<Sha256> of(PackageIdentity identity) {
    return Optional.ofNullable(files.get(identity.fileName()));
  }
}
