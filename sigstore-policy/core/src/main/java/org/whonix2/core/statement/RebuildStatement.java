package org.whonix2.core.statement;

import java.util.List;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;

/** A rebuilder's statement about one rebuild, whatever came of it. */
public sealed interface RebuildStatement extends Statement
    permits RebuildAttestation, RebuildFailure {
  Rebuild rebuild();

  /** What came out; nothing of a failure. */
  List<BinaryArtifact> artifacts();

  /** The rebuilder's own number, one row for both kinds and his bootstraps. */
  default long sequence() {
    return rebuild().sequence();
  }

  default Fingerprint rebuilder() {
    return rebuild().rebuilder();
  }

  default RebuildId rebuildId() {
    return rebuild().rebuildId();
  }

  default Toolchain toolchain() {
    return rebuild().toolchain();
  }

  default String compilerRoot() {
    return rebuild().compilerRoot();
  }

  default Platform platform() {
    return rebuild().platform();
  }

  default Sha256 environment() {
    return rebuild().environment();
  }

  default String rebuildTool() {
    return rebuild().rebuildTool();
  }
}
