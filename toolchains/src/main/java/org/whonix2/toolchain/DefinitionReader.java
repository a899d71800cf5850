package org.whonix2.toolchain;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.TextParser;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.yaml.StrictYaml;
import org.whonix2.core.yaml.YamlFields;

/** Reads one definition; every complaint names its line. */
final class DefinitionReader {
  private static final Set<String> API_VERSIONS = Set.of("toolchain.whonix2.org/v1");
  private static final Set<String> KINDS = Set.of("Toolchain");
  private static final int LONGEST_SENTENCE = 500;

  private DefinitionReader() {}

  static Toolchain read(byte[] yaml) throws MalformedInputException {
    YamlFields fields = StrictYaml.mapping(yaml, Toolchain.MAX_BYTES);
    fields.oneOf("apiVersion", API_VERSIONS);
    fields.oneOf("kind", KINDS);
    YamlFields metadata = fields.mapping("metadata");
    Toolchain toolchain =
        new Toolchain(
            metadata.parsed("name", DefinitionReader::name),
            fields.parsed("hashClass", DefinitionReader::name),
            distinct(fields, "packages", text -> PackageName.parse(text).toString()),
            distinct(fields, "compilerRoots", DefinitionReader::name),
            fields.list("knownLimits", DefinitionReader::sentence),
            Sha256.of(yaml));
    metadata.end();
    fields.end();
    if (toolchain.compilerRoots().isEmpty()) {
      throw fields.unexpected("compilerRoots", "at least one compiler root");
    }
    return toolchain;
  }

  private static List<String> distinct(YamlFields fields, String key, TextParser<String> parser)
      throws MalformedInputException {
    Set<String> seen = new HashSet<>();
    return fields.list(
        key,
        text -> {
          String item = parser.parse(text);
          if (!seen.add(item)) {
            throw new MalformedInputException("expected each once, found twice: " + item);
          }
          return item;
        });
  }

  private static String name(String text) throws MalformedInputException {
    if (!Toolchain.isName(text)) {
      throw new MalformedInputException("expected a name such as gcc-12, found " + Quoted.of(text));
    }
    return text;
  }

  private static String sentence(String text) throws MalformedInputException {
    if (text.isBlank() || text.length() > LONGEST_SENTENCE) {
      throw new MalformedInputException(
          "expected a sentence of at most "
              + LONGEST_SENTENCE
              + " characters, found "
              + text.length());
    }
    return text;
  }
}
