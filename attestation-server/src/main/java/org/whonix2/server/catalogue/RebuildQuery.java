package org.whonix2.server.catalogue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.openpgp.Fingerprint;

/**
 * Which statements about rebuilds are asked for: those of which everything holds that is given.
 *
 * @param binary the name of a package that came out
 * @param version of that package, or of the source where no package is named
 * @param architecture that was built for
 * @param toolchain its name
 */
public record RebuildQuery(
    Optional<PackageName> source,
    Optional<PackageName> binary,
    Optional<PackageVersion> version,
    Optional<Architecture> architecture,
    Optional<Fingerprint> rebuilder,
    Optional<String> toolchain,
    Optional<String> compilerRoot,
    Optional<Outcome> outcome) {
  /** What one version of a source was rebuilt to. */
  public static RebuildQuery of(PackageName source, PackageVersion version) {
    return new RebuildQuery(
        Optional.of(source),
        Optional.empty(),
        Optional.of(version),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Conditions on the table {@code rebuild}, and their values in order. */
  record Conditions(String sql, List<Object> values) {}

  Conditions conditions() {
    StringBuilder sql = new StringBuilder();
    List<Object> values = new ArrayList<>();
    binary.ifPresent(
        name -> {
          sql.append(
              " and r.leaf_index in (select leaf_index from rebuilt_artifact where name = ?");
          values.add(name.value());
          version.ifPresent(
              it -> {
                sql.append(" and artifact_version = ?");
                values.add(it.value());
              });
          sql.append(')');
        });
    Optional<PackageVersion> sourceVersion = binary.isPresent() ? Optional.empty() : version;
    equal(sql, values, "source", source);
    equal(sql, values, "source_version", sourceVersion);
    equal(sql, values, "architecture", architecture);
    equal(sql, values, "rebuilder", rebuilder);
    equal(sql, values, "toolchain", toolchain);
    equal(sql, values, "compiler_root", compilerRoot);
    equal(sql, values, "outcome", outcome);
    return new Conditions(sql.toString(), values);
  }

  private static void equal(
      StringBuilder sql, List<Object> values, String column, Optional<?> value) {
    value.ifPresent(
        it -> {
          sql.append(" and r.").append(column).append(" = ?");
          values.add(it.toString());
        });
  }

  /**
   * Whether an index of the database leads to little else than what is asked for: otherwise only a
   * part of the log is looked through at a time.
   */
  boolean isLed() {
    boolean byRebuilderAlone =
        version.isEmpty()
            && architecture.isEmpty()
            && toolchain.isEmpty()
            && compilerRoot.isEmpty()
            && outcome.isEmpty();
    return source.isPresent() || binary.isPresent() || byRebuilderAlone;
  }
}
