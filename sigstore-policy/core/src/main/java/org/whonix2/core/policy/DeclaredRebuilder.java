package org.whonix2.core.policy;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.yaml.YamlFields;

/** A rebuilder's entry before its certificate is read. */
record DeclaredRebuilder(
    PinnedCertificate key,
    String operator,
    String jurisdiction,
    String tool,
    Rebuilder.DeclaredPlatform platform,
    List<String> compilerRoots) {
  static DeclaredRebuilder read(YamlFields fields) throws MalformedInputException {
    Words.refuseReserved(fields);
    YamlFields platform = fields.mapping("platform");
    DeclaredRebuilder rebuilder =
        new DeclaredRebuilder(
            PinnedCertificate.read(fields),
            fields.parsed("operator", Words::name),
            fields.parsed("jurisdiction", Words::name),
            fields.parsed("tool", Words::name),
            new Rebuilder.DeclaredPlatform(
                platform.parsed("architecture", Words::name),
                platform.parsed("cpuVendor", Words::name),
                platform.parsed("kernel", Words::name)),
            fields.list("compilerRoots", Words::name));
    platform.end();
    if (rebuilder.compilerRoots.isEmpty()) {
      throw fields.unexpected("compilerRoots", "at least one compiler root");
    }
    return rebuilder;
  }

  Rebuilder load(UpdatePolicy.NamedFiles files) throws MalformedInputException, IOException {
    return new Rebuilder(
        key.name(),
        operator,
        jurisdiction,
        key.load(files),
        tool,
        platform,
        new HashSet<>(compilerRoots));
  }
}
