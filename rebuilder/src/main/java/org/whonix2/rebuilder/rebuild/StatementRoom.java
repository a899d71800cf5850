package org.whonix2.rebuilder.rebuild;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.Binaries;
import org.whonix2.core.statement.GitSource;
import org.whonix2.core.statement.Platform;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.RebuildSource;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.Toolchain;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.input.BuildInput;

/**
 * Whether what a source announces fits into one statement: a rebuild has one, since of two with one
 * rebuild id only the later would count. Asked before hours are spent on a build.
 */
final class StatementRoom {
  private static final int MAX_ANNOUNCEMENT_BYTES = 4 << 20;
  private static final Fingerprint SOMEBODY = new Fingerprint("0".repeat(40));
  private static final Architecture SHORTEST = new Architecture("all");

  private StatementRoom() {}

  /** Refuses a source whose artifacts cannot be attested. */
  static void require(RebuildRequest request, BuildInput source, Architecture architecture)
      throws IOException, CommandException, MalformedInputException {
    String announcement =
        new String(
            AtomicFiles.read(source.announcement(), MAX_ANNOUNCEMENT_BYTES),
            StandardCharsets.UTF_8);
    List<PackageName> names =
        source.source() instanceof GitSource
            ? AnnouncedPackages.ofControl(announcement, architecture)
            : AnnouncedPackages.of(announcement, architecture);
    int bytes = least(source.source(), request, names);
    if (bytes > Statement.MAX_BYTES) {
      throw new CommandException(
          ExitCode.REFUSED,
          source
              + " builds "
              + names.size()
              + " packages, whose attestation would have at least "
              + bytes
              + " bytes: expected at most "
              + Statement.MAX_BYTES
              + ", as a log takes",
          "nothing was built; such a source cannot be attested by this version");
    }
  }

  /** The bytes of an attestation in which whatever is not known yet is as short as can be. */
  static int least(RebuildSource source, RebuildRequest request, List<PackageName> names) {
    Sha256 digest = Sha256.of(new byte[0]);
    List<BinaryArtifact> artifacts =
        names.stream()
            .map(name -> new PackageIdentity(name, source.version(), SHORTEST))
            .map(identity -> new BinaryArtifact(identity, standIn(identity), 0))
            .toList();
    org.whonix2.core.statement.Rebuild rebuild =
        new org.whonix2.core.statement.Rebuild(
            source,
            source instanceof GitSource ? Optional.of(SOMEBODY) : Optional.empty(),
            Optional.empty(),
            request.suite(),
            SHORTEST,
            new Toolchain(request.toolchain().hashClass(), request.toolchain().digest()),
            "",
            Binaries.BINARY,
            request.compilerRoot(),
            Optional.empty(),
            new Platform("all", false, "x", "x", "x", "x", "x"),
            digest,
            "x",
            1,
            SOMEBODY,
            Instant.EPOCH,
            Instant.EPOCH,
            List.of());
    return artifacts.isEmpty()
        ? new RebuildFailure(rebuild, "x").toJson().length
        : new RebuildAttestation(rebuild, artifacts, digest).toJson().length;
  }

  /** Some digest, another for each: no statement has one twice. */
  private static Sha256 standIn(PackageIdentity identity) {
    return Sha256.of(identity.toString().getBytes(StandardCharsets.UTF_8));
  }
}
