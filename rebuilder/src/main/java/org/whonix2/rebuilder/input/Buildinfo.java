package org.whonix2.rebuilder.input;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.core.statement.Binaries;
import org.whonix2.rebuilder.apt.ArchivedSource;

/**
 * What a .buildinfo says (deb-buildinfo(5), format 1.0).
 *
 * @param sourceVersion the source's, which is not what was built in a binary-only rebuild
 * @param binaries which of the source's packages it records
 * @param files what came out, without the .dsc
 * @param dsc the source's .dsc, where it stands among what came out
 * @param buildPath the source's folder, where it is recorded
 * @param dependencies everything that was installed as a build dependency
 */
record Buildinfo(
    PackageName source,
    PackageVersion sourceVersion,
    Optional<BinaryRebuild> rebuild,
    Architecture buildArchitecture,
    Binaries binaries,
    List<ArchivedSource.SourceFile> files,
    Optional<ArchivedSource.SourceFile> dsc,
    Optional<String> buildPath,
    List<Dependency> dependencies,
    BuildEnvironment environment) {
  static final int MAX_BYTES = 8 << 20;

  private static final int MOST_FILES = 2_000;
  private static final int MOST_DEPENDENCIES = 20_000;
  private static final Pattern SOURCE = Pattern.compile("(\\S+)(?: \\(([^ ()]+)\\))?");
  private static final Pattern DEPENDENCY =
      Pattern.compile("([a-z0-9][a-z0-9+.-]+)(?::([a-z0-9-]+))? \\(= ([^ ()]+)\\)");
  private static final Pattern BUILD_PATH =
      Pattern.compile("/build(?:/[A-Za-z0-9][A-Za-z0-9.+~_-]{0,150}){1,8}");

  /**
   * A package in the version that was installed.
   *
   * @param foreign its architecture, where that is named
   */
  record Dependency(PackageName name, Optional<Architecture> foreign, PackageVersion version) {
    @Override
    public String toString() {
      return name + foreign.map(architecture -> ":" + architecture).orElse("") + "=" + version;
    }
  }

  Buildinfo {
    files = List.copyOf(files);
    dependencies = List.copyOf(dependencies);
  }

  /** Reads one, whose signature, if it has one, is taken off. */
  static Buildinfo parse(byte[] bytes) throws MalformedInputException {
    if (bytes.length > MAX_BYTES) {
      throw new MalformedInputException(
          "expected at most " + MAX_BYTES + " bytes, found " + bytes.length);
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedInputException("expected UTF-8", e);
    }
    return parse(text, Deb822.parseOne(text));
  }

  private static Buildinfo parse(String text, Deb822 fields) throws MalformedInputException {
    String format = fields.require("Format");
    if (!format.equals("1.0")) {
      throw new MalformedInputException("expected Format 1.0, found " + Quoted.of(format));
    }
    Matcher source = SOURCE.matcher(fields.require("Source"));
    if (!source.matches()) {
      throw new MalformedInputException(
          "expected Source 'name' or 'name (version)', found "
              + Quoted.of(fields.require("Source")));
    }
    PackageName name = PackageName.parse(source.group(1));
    PackageVersion built = PackageVersion.parse(fields.require("Version"));
    PackageVersion version =
        source.group(2) == null ? built : PackageVersion.parse(source.group(2));
    List<ArchivedSource.SourceFile> files = ArchivedSource.files(fields, MOST_FILES);
    return new Buildinfo(
        name,
        version,
        rebuild(text, fields, name, version, built),
        Architecture.parse(fields.require("Build-Architecture")),
        binaries(fields.words("Architecture")),
        files.stream().filter(file -> !file.name().endsWith(".dsc")).toList(),
        files.stream().filter(file -> file.name().endsWith(".dsc")).findFirst(),
        buildPath(fields.get("Build-Path")),
        dependencies(fields.require("Installed-Build-Depends")),
        BuildEnvironment.parse(fields.get("Environment").orElse("")));
  }

  private static Optional<BinaryRebuild> rebuild(
      String text, Deb822 fields, PackageName source, PackageVersion version, PackageVersion built)
      throws MalformedInputException {
    if (fields.get("Binary-Only-Changes").isEmpty()) {
      if (!built.equals(version)) {
        throw new MalformedInputException(
            "expected Binary-Only-Changes, as Version "
                + built
                + " is not the source's, found none");
      }
      return Optional.empty();
    }
    BinaryRebuild rebuild = BinaryRebuild.parse(entry(text), source, version);
    if (!rebuild.version().equals(built)) {
      throw new MalformedInputException(
          "expected Binary-Only-Changes of " + built + ", found those of " + rebuild.version());
    }
    return Optional.of(rebuild);
  }

  /**
   * The field's lines with their indentation: without the one space that every line has in front,
   * and the dot that stands for an empty line.
   */
  private static String entry(String text) {
    StringBuilder entry = new StringBuilder();
    boolean inside = false;
    for (String line : text.lines().toList()) {
      if (inside && line.startsWith(" ")) {
        String content = line.substring(1);
        entry.append(content.matches("\\.+") ? content.substring(1) : content).append('\n');
      } else {
        inside = line.regionMatches(true, 0, "Binary-Only-Changes:", 0, 20);
      }
    }
    return entry.toString();
  }

  /** A source package among what was built is none of ours. */
  private static Binaries binaries(List<String> architectures) throws MalformedInputException {
    Set<String> built = new HashSet<>(architectures);
    built.remove("source");
    boolean all = built.remove("all");
    if (built.isEmpty() && !all) {
      throw new MalformedInputException("expected binary packages in Architecture, found none");
    }
    return built.isEmpty() ? Binaries.ALL : all ? Binaries.BINARY : Binaries.ANY;
  }

  private static Optional<String> buildPath(Optional<String> path) throws MalformedInputException {
    if (path.isPresent() && !BUILD_PATH.matcher(path.get()).matches()) {
      throw new MalformedInputException(
          "expected a Build-Path below /build/, found " + Quoted.of(path.get()));
    }
    return path;
  }

  private static List<Dependency> dependencies(String field) throws MalformedInputException {
    List<Dependency> dependencies = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String part : field.replace('\n', ' ').split(",", -1)) {
      if (part.isBlank()) {
        continue;
      }
      Matcher matcher = DEPENDENCY.matcher(part.strip());
      if (!matcher.matches()) {
        throw new MalformedInputException(
            "expected 'package (= version)' in Installed-Build-Depends, found "
                + Quoted.of(part.strip()));
      }
      Optional<Architecture> foreign = Optional.empty();
      if (matcher.group(2) != null) {
        foreign = Optional.of(Architecture.parse(matcher.group(2)));
      }
      dependencies.add(
          new Dependency(
              PackageName.parse(matcher.group(1)),
              foreign,
              PackageVersion.parse(matcher.group(3))));
      if (!names.add(matcher.group(1) + ":" + matcher.group(2))
          || dependencies.size() > MOST_DEPENDENCIES) {
        throw new MalformedInputException(
            "expected at most "
                + MOST_DEPENDENCIES
                + " packages in Installed-Build-Depends, each once, found "
                + matcher.group(1));
      }
    }
    if (dependencies.isEmpty()) {
      throw new MalformedInputException("expected packages in Installed-Build-Depends, found none");
    }
    return dependencies;
  }
}
