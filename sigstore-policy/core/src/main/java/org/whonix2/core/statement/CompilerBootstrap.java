package org.whonix2.core.statement;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;

/**
 * A rebuilder's statement that this stage of this compiler came out of this compiler root. It is no
 * rebuild of a package of the archive, so it is neither a vote nor a veto.
 *
 * @param makes the toolchain whose compiler it is
 * @param sources what the plan is built from, each package once
 * @param suite the archive's suite that the sources and the root's packages came from
 * @param architecture built for
 * @param compilerRoot the compiler that the whole bootstrap began with
 * @param rootToolchain the toolchain that compiled stage 1
 * @param stage counts from 1; every later one was compiled by the one before
 * @param earlier the stage digests of the stages before this one, in their order
 * @param files what came out, each path once, at least one of them a program; in the order of the
 *     plan
 * @param libcDev the version of libc6-dev whose headers and start files went in
 */
public record CompilerBootstrap(
    BootstrapPlan plan,
    Toolchain makes,
    List<SourcePackage> sources,
    String suite,
    Architecture architecture,
    String compilerRoot,
    Toolchain rootToolchain,
    int stage,
    List<Sha256> earlier,
    List<CompilerFile> files,
    PackageVersion libcDev,
    Run run)
    implements Statement {
  /** SLSA's name for the way these builds are described. */
  public static final String BUILD_TYPE = "https://whonix2.org/buildtype/compiler-bootstrap/v1";

  /** The most sources that a plan may have. */
  public static final int MOST_SOURCES = 8;

  /** The most stages that a bootstrap may have. */
  public static final int MOST_STAGES = 9;

  /** The most files that a compiler may have; {@link Statement#MAX_BYTES} holds beside it. */
  public static final int MOST_FILES = 200;

  public CompilerBootstrap {
    sources = List.copyOf(sources);
    earlier = List.copyOf(earlier);
    files = List.copyOf(files);
    counted(sources, MOST_SOURCES, "sources");
    Set<PackageName> names = new HashSet<>();
    sources.forEach(
        source ->
            Checks.expect(names.add(source.name()), "each source once, found " + source.name()));
    Checks.token(suite, "a suite such as bookworm");
    Checks.token(compilerRoot, "a compiler root such as gcc");
    Checks.expect(
        stage >= 1 && stage <= MOST_STAGES,
        "a stage from 1 to " + MOST_STAGES + ", found " + stage);
    Checks.expect(
        earlier.size() == stage - 1,
        "as many earlier stages as there are before stage " + stage + ", found " + earlier.size());
    counted(files, MOST_FILES, "files");
    Set<String> paths = new HashSet<>();
    files.forEach(
        file -> Checks.expect(paths.add(file.path()), "each path once, found " + file.path()));
    Checks.expect(
        files.stream().anyMatch(file -> file.role() == CompilerFile.Role.COMPILER),
        "at least one file that is a compiler");
  }

  private static void counted(List<?> list, int most, String what) {
    Checks.expect(
        !list.isEmpty() && list.size() <= most,
        "1 to " + most + " " + what + ", found " + list.size());
  }

  /**
   * What two bootstraps of one compiler must share: SHA-256 over a line {@code DIGEST PATH} for
   * each file, the SHA-256 of its content in lower-case hexadecimal digits, a space, its path and a
   * line feed, the lines sorted by the paths' bytes. Size, role, owner, mode and time are not in
   * it.
   */
  public static Sha256 stageDigest(List<CompilerFile> files) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    files.stream()
        .sorted(Comparator.comparing(CompilerFile::path))
        .map(file -> file.digest() + " " + file.path() + "\n")
        .forEach(line -> digest.update(line.getBytes(StandardCharsets.US_ASCII)));
    return Sha256.finish(digest);
  }

  /** That of this stage. No member of the JSON says it, as it follows from the subjects. */
  public Sha256 stageDigest() {
    return stageDigest(files);
  }

  public Fingerprint rebuilder() {
    return run.rebuilder();
  }

  /** The rebuilder's own number, in one row with his statements about rebuilds. */
  public long sequence() {
    return run.sequence();
  }

  @Override
  public StatementKind kind() {
    return StatementKind.COMPILER_BOOTSTRAP;
  }

  @Override
  public byte[] toJson() {
    return CompilerBootstrapWriter.write(this);
  }
}
