package org.whonix2.core.statement;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;

/**
 * A rebuilder's statement of all its current results for a suite: only their digests, as the
 * results themselves are too large for a log entry.
 *
 * @param rebuilder primary fingerprint of the key that signs this
 * @param architecture of the suite's index that the list was made of
 * @param compilerRoot the compiler from which the toolchain's own compiler was bootstrapped
 * @param rebuildTool name of the program that ran the builds
 * @param epoch one more than the previous snapshot's, from 1
 * @param previous digest of the previous snapshot's payload; none for the first
 * @param list digest of the canonical list of the suite's artifacts
 * @param entries how many artifacts are in it
 * @param vector digest of the vector of results, one for each entry of the list
 * @param madeOn whole seconds
 */
public record SnapshotHeader(
    Fingerprint rebuilder,
    String suite,
    Architecture architecture,
    Toolchain toolchain,
    String compilerRoot,
    Platform platform,
    String rebuildTool,
    long epoch,
    Optional<Sha256> previous,
    Sha256 list,
    long entries,
    Sha256 vector,
    Instant madeOn) {
  private static final Pattern TOKEN = Pattern.compile("[a-z0-9][a-z0-9.+/-]{0,63}");

  public SnapshotHeader {
    check(TOKEN.matcher(suite).matches(), "a suite such as bookworm");
    check(TOKEN.matcher(toolchain.name()).matches(), "a toolchain such as gcc-12");
    check(TOKEN.matcher(compilerRoot).matches(), "a compiler root such as gcc");
    check(TOKEN.matcher(rebuildTool).matches(), "a rebuild tool such as whonix2-rebuilder");
    check(epoch >= 1, "an epoch of at least 1");
    check(previous.isPresent() == epoch > 1, "a previous snapshot in all but the first");
    check(entries >= 0, "a number of entries of at least 0");
    check(madeOn.truncatedTo(ChronoUnit.SECONDS).equals(madeOn), "a time of whole seconds");
  }

  private static void check(boolean holds, String expected) {
    if (!holds) {
      throw new IllegalArgumentException("expected " + expected);
    }
  }
}
