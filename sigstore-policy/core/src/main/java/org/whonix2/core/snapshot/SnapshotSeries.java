package org.whonix2.core.snapshot;

import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.Platform;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.Toolchain;

/**
 * Whose snapshots follow one another, epoch by epoch. Of the platform there is what tells machines
 * apart for a policy. Its other members (the processor's model, the kernel's release, the system's
 * name) change with an update of the machine: that goes on with the same series, for otherwise a
 * rebuilder could leave its past behind by changing a word.
 */
public record SnapshotSeries(
    Fingerprint rebuilder,
    String suite,
    Architecture architecture,
    Toolchain toolchain,
    String compilerRoot,
    String machine,
    boolean emulated,
    String cpuVendor,
    String kernel) {
  public static SnapshotSeries of(SnapshotHeader header) {
    Platform platform = header.platform();
    return new SnapshotSeries(
        header.rebuilder(),
        header.suite(),
        header.architecture(),
        header.toolchain(),
        header.compilerRoot(),
        platform.architecture(),
        platform.emulated(),
        platform.cpuVendor(),
        platform.kernel());
  }
}
