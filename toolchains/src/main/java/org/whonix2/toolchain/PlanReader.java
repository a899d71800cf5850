package org.whonix2.toolchain;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.yaml.StrictYaml;
import org.whonix2.core.yaml.YamlFields;

/** Reads one bootstrap plan; every complaint names its line. */
final class PlanReader {
  private static final Set<String> KINDS = Set.of("BootstrapPlan");
  private static final Set<String> ROLES = Set.of("compiler", "runtime", "header");
  private static final int MOST_STAGES = 9;
  private static final int MOST_SOURCES = 8;
  private static final int MOST_OUTPUTS = 200;

  /** The files that lie beside a plan. */
  interface Beside {
    /** At most {@link BootstrapPlan#MAX_BYTES} bytes of a file of this plain name. */
    byte[] read(String name) throws MalformedInputException;
  }

  private PlanReader() {}

  static BootstrapPlan read(byte[] yaml, Beside beside) throws MalformedInputException {
    YamlFields fields = StrictYaml.mapping(yaml, BootstrapPlan.MAX_BYTES);
    fields.oneOf("apiVersion", DefinitionReader.API_VERSIONS);
    fields.oneOf("kind", KINDS);
    YamlFields metadata = fields.mapping("metadata");
    String name = metadata.parsed("name", Forms::name);
    List<String> named = Forms.distinct(fields, "files", Forms::file);
    if (named.contains(name + ".sh") || named.contains(name + ".yaml")) {
      throw fields.unexpected("files", "neither the plan nor its script");
    }
    Map<String, byte[]> files = new TreeMap<>(Map.of(name + ".sh", beside.read(name + ".sh")));
    for (String file : named) {
      files.put(file, beside.read(file));
    }
    BootstrapPlan plan =
        new BootstrapPlan(
            name,
            metadata.number("revision", 1),
            fields.parsed("makes", Forms::name),
            fields.mappings("sources", PlanReader::source),
            Forms.distinct(fields, "packages", text -> PackageName.parse(text).toString()),
            fields.mappings("roots", PlanReader::root),
            fields.number("uses", 1),
            fields.duration("timeLimit"),
            fields.mappings("outputs", PlanReader::output),
            files,
            digest(name, yaml, files));
    metadata.end();
    fields.end();
    requireWhole(plan, fields);
    return plan;
  }

  private static void requireWhole(BootstrapPlan plan, YamlFields fields)
      throws MalformedInputException {
    if (plan.sources().isEmpty() || plan.sources().size() > MOST_SOURCES) {
      throw fields.unexpected("sources", "1 to " + MOST_SOURCES + " sources");
    }
    requireDistinct(
        plan.sources().stream().map(each -> each.name().toString()).toList(), fields, "sources");
    requireDistinct(plan.roots().stream().map(PlanRoot::name).toList(), fields, "roots");
    List<PlanOutput> outputs = plan.outputs();
    requireDistinct(outputs.stream().map(PlanOutput::file).toList(), fields, "outputs");
    requireDistinct(outputs.stream().map(PlanOutput::path).toList(), fields, "outputs");
    if (outputs.size() > MOST_OUTPUTS
        || outputs.stream().noneMatch(each -> each.role() == PlanOutput.Role.COMPILER)) {
      throw fields.unexpected("outputs", "a compiler, and at most " + MOST_OUTPUTS + " files");
    }
    if (plan.roots().isEmpty() || plan.roots().stream().allMatch(r -> r.stages() < plan.uses())) {
      throw fields.unexpected("uses", "a stage that a root comes to");
    }
  }

  private static void requireDistinct(List<String> names, YamlFields fields, String key)
      throws MalformedInputException {
    if (new HashSet<>(names).size() < names.size()) {
      throw fields.unexpected(key, "nothing twice");
    }
  }

  private static PlanSource source(YamlFields each) throws MalformedInputException {
    return new PlanSource(
        each.parsed("name", PackageName::parse),
        each.parsed("version", PackageVersion::parse),
        each.has("upstream") && each.truth("upstream"));
  }

  private static PlanRoot root(YamlFields each) throws MalformedInputException {
    PlanRoot root =
        new PlanRoot(
            each.parsed("name", Forms::name),
            each.parsed("toolchain", Forms::name),
            each.number("stages", 1));
    if (root.stages() > MOST_STAGES) {
      throw each.unexpected("stages", "at most " + MOST_STAGES);
    }
    return root;
  }

  private static PlanOutput output(YamlFields each) throws MalformedInputException {
    String role = each.oneOf("role", ROLES);
    return new PlanOutput(
        each.parsed("file", Forms::file),
        each.parsed("path", Forms::output),
        PlanOutput.Role.valueOf(role.toUpperCase(Locale.ROOT)),
        each.parsed("mode", Forms::mode),
        each.has("logged") && each.truth("logged"));
  }

  private static Sha256 digest(String name, byte[] yaml, Map<String, byte[]> files) {
    Map<String, byte[]> all = new TreeMap<>(files);
    all.put(name + ".yaml", yaml);
    StringBuilder lines = new StringBuilder();
    all.forEach(
        (file, bytes) -> lines.append(Sha256.of(bytes)).append("  ").append(file).append('\n'));
    return Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
  }
}
