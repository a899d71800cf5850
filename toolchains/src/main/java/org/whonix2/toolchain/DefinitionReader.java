package org.whonix2.toolchain;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.TextParser;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.yaml.StrictYaml;
import org.whonix2.core.yaml.YamlFields;

/** Reads one definition; every complaint names its line. */
final class DefinitionReader {
  static final Set<String> API_VERSIONS = Set.of("toolchain.whonix2.org/v1");
  private static final Set<String> KINDS = Set.of("Toolchain");

  private DefinitionReader() {}

  static Toolchain read(byte[] yaml) throws MalformedInputException {
    YamlFields fields = StrictYaml.mapping(yaml, Toolchain.MAX_BYTES);
    fields.oneOf("apiVersion", API_VERSIONS);
    fields.oneOf("kind", KINDS);
    YamlFields metadata = fields.mapping("metadata");
    Toolchain toolchain =
        new Toolchain(
            metadata.parsed("name", Forms::name),
            metadata.number("revision", 1),
            fields.parsed("hashClass", Forms::name),
            fields.has("versionSuffix")
                ? Optional.of(fields.parsed("versionSuffix", Forms::versionSuffix))
                : Optional.empty(),
            packages(fields),
            Forms.distinct(fields, "compilerRoots", Forms::name),
            optional(fields, "archiveRoot"),
            optional(fields, "plan"),
            fields.has("planDigest")
                ? Optional.of(fields.parsed("planDigest", Sha256::parse))
                : Optional.empty(),
            Forms.distinct(fields, "own", Forms::glob),
            Forms.distinct(fields, "others", Forms::glob),
            commands(fields),
            texts(fields, "environment", Forms::variable, Forms::value),
            fields.duration("timeLimit"),
            fields.list("knownLimits", Forms::sentence),
            fields.mappings("knownSources", DefinitionReader::knownSource),
            Sha256.of(yaml));
    metadata.end();
    fields.end();
    requireRoots(toolchain, fields);
    return toolchain;
  }

  /** Each root needs a way to come to a compiler. */
  private static void requireRoots(Toolchain toolchain, YamlFields fields)
      throws MalformedInputException {
    List<String> roots = toolchain.compilerRoots();
    if (roots.isEmpty()) {
      throw fields.unexpected("compilerRoots", "at least one compiler root");
    }
    if (toolchain.archiveRoot().filter(root -> !roots.contains(root)).isPresent()) {
      throw fields.unexpected("archiveRoot", "one of compilerRoots");
    }
    boolean needed = toolchain.plan().isPresent() && toolchain.archiveRoot().isEmpty();
    if (toolchain.planDigest().isPresent() != needed) {
      throw fields.unexpected(
          "planDigest", "it where a plan alone makes the compiler, and nowhere else");
    }
    if (toolchain.plan().isEmpty() && !roots.stream().allMatch(toolchain::isArchives)) {
      throw fields.unexpected("compilerRoots", "a plan for every root but the archive's");
    }
  }

  private static Optional<String> optional(YamlFields fields, String key)
      throws MalformedInputException {
    return fields.has(key) ? Optional.of(fields.parsed(key, Forms::name)) : Optional.empty();
  }

  private static List<PackagePin> packages(YamlFields fields) throws MalformedInputException {
    Set<PackageName> seen = new HashSet<>();
    return fields.mappings(
        "packages",
        each -> {
          PackageName name = each.parsed("name", PackageName::parse);
          if (!seen.add(name)) {
            throw each.unexpected("name", "each package once");
          }
          List<PackageVersion> versions =
              each.has("versions")
                  ? Forms.distinct(each, "versions", PackageVersion::parse)
                  : List.of();
          return new PackagePin(name, versions);
        });
  }

  private static List<CompilerCommand> commands(YamlFields fields) throws MalformedInputException {
    Set<String> seen = new HashSet<>();
    return fields.mappings(
        "commands",
        each -> {
          List<String> names = Forms.distinct(each, "names", Forms::file);
          if (names.isEmpty() || names.stream().anyMatch(name -> !seen.add(name))) {
            throw each.unexpected("names", "names that no other command has");
          }
          return new CompilerCommand(
              names,
              each.parsed("runs", Forms::path),
              each.list("drop", Forms::argument),
              each.list("dropPairs", Forms::argument),
              each.list("first", Forms::argument),
              each.list("last", Forms::argument),
              texts(each, "answers", Forms::argument, Forms::value));
        });
  }

  private static Map<String, String> texts(
      YamlFields fields, String key, TextParser<String> keys, TextParser<String> values)
      throws MalformedInputException {
    Map<String, String> read = new LinkedHashMap<>();
    List<String> complaints = new ArrayList<>();
    for (Map.Entry<String, String> entry : fields.texts(key).entrySet()) {
      try {
        read.put(keys.parse(entry.getKey()), values.parse(entry.getValue()));
      } catch (MalformedInputException e) {
        complaints.add(String.valueOf(e.getMessage()));
      }
    }
    if (!complaints.isEmpty()) {
      throw fields.complaint(key + ": " + complaints.get(0));
    }
    return read;
  }

  private static KnownSource knownSource(YamlFields each) throws MalformedInputException {
    return new KnownSource(
        each.parsed("source", PackageName::parse),
        each.parsed("version", PackageVersion::parse),
        each.truth("builds"),
        each.parsed("note", Forms::sentence));
  }
}
