package org.whonix2.core.verdict;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.Byproduct;
import org.whonix2.core.statement.Platform;
import org.whonix2.core.statement.Rebuild;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.RebuildSource;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.Toolchain;

/**
 * Holds equal parts of statements once: rebuilders who agree say the same of everything but
 * themselves. The keys of its maps have an order, so that it stays fast where a liar made their
 * hash codes equal.
 */
final class Shared {
  private final Map<Sha256, BinaryArtifact> artifacts = new HashMap<>();
  private final Map<Sha256, RebuildSource> sources = new HashMap<>();
  private final Map<Sha256, Toolchain> toolchains = new HashMap<>();
  private final Map<String, Platform> platforms = new HashMap<>();
  private final Map<Sha256, Sha256> digests = new HashMap<>();
  private final Map<Fingerprint, Fingerprint> keys = new HashMap<>();
  private final Map<String, String> words = new HashMap<>();

  /** An equal statement. */
  RebuildStatement of(RebuildStatement statement) {
    Rebuild rebuild = of(statement.rebuild());
    if (statement instanceof RebuildAttestation attestation) {
      List<BinaryArtifact> same =
          attestation.artifacts().stream().map(one -> of(artifacts, one.digest(), one)).toList();
      return new RebuildAttestation(rebuild, same, attestation.buildinfo());
    }
    if (statement instanceof RebuildFailure failure) {
      return new RebuildFailure(rebuild, failure.reason());
    }
    throw new IllegalStateException("unknown kind " + statement.kind());
  }

  private Rebuild of(Rebuild one) {
    return new Rebuild(
        of(sources, one.source().digest(), one.source()),
        one.sourceSigner().map(signer -> of(keys, signer, signer)),
        one.recordedBuildinfo(),
        of(words, one.suite(), one.suite()),
        one.architecture(),
        of(toolchains, one.toolchain().digest(), one.toolchain()),
        of(words, one.profile(), one.profile()),
        one.binaries(),
        of(words, one.compilerRoot(), one.compilerRoot()),
        one.stage().map(stage -> of(digests, stage, stage)),
        of(platforms, one.platform().cpuModel(), one.platform()),
        of(digests, one.environment(), one.environment()),
        of(words, one.rebuildTool(), one.rebuildTool()),
        one.sequence(),
        of(keys, one.rebuilder(), one.rebuilder()),
        one.startedOn(),
        one.finishedOn(),
        one.byproducts().stream().map(this::of).toList());
  }

  private Byproduct of(Byproduct one) {
    return new Byproduct(
        of(words, one.name(), one.name()),
        of(words, one.mediaType(), one.mediaType()),
        one.digest());
  }

  /** What is known under this key if it is equal, else this. */
  private static <K, V> V of(Map<K, V> known, K key, V value) {
    V before = known.putIfAbsent(key, value);
    return value.equals(before) ? before : value;
  }
}
