package org.whonix2.rebuilder.repository;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.statement.RebuildAttestation;

/** What attestations let into the pool of a suite: which bits, and where. */
final class Evidence {
  private final String suite;
  private final Map<String, Set<BinaryArtifact>> attested = new HashMap<>();
  private final Map<String, Set<String>> architectures = new HashMap<>();

  Evidence(String suite) {
    this.suite = suite;
  }

  void add(RebuildAttestation attestation) {
    for (BinaryArtifact artifact : attestation.artifacts()) {
      String path = path(attestation, artifact.identity());
      attested.computeIfAbsent(path, key -> new HashSet<>()).add(artifact);
      architectures
          .computeIfAbsent(path, key -> new TreeSet<>())
          .add(attestation.rebuild().architecture().value());
    }
  }

  /** Whether an attestation says that a build made these bits, and they belong there. */
  boolean names(String path, BinaryArtifact artifact) {
    return attested.getOrDefault(path, Set.of()).contains(artifact);
  }

  /** For which architectures what lies there was built; a package for all has one, too. */
  Set<String> architectures(String path) {
    return architectures.getOrDefault(path, Set.of());
  }

  /** Where a package lies, from the repository's folder on; each part has a strict form. */
  String path(RebuildAttestation attestation, PackageIdentity identity) {
    PackageName source = attestation.rebuild().source().name();
    String name = source.value();
    String prefix = name.substring(0, name.startsWith("lib") && name.length() > 3 ? 4 : 1);
    return "pool/" + suite + "/main/" + prefix + "/" + name + "/" + identity.fileName();
  }
}
