package org.whonix2.server.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.statement.Byproduct;
import org.whonix2.core.statement.Platform;
import org.whonix2.core.statement.Rebuild;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.RebuildFailure;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.Toolchain;
import org.whonix2.server.catalogue.Found;
import org.whonix2.server.catalogue.Outcome;

/** What entries say, in short. It is signed by nobody: the entry itself is at its index. */
final class EntryJson {
  private static final JsonMapper MAPPER = new JsonMapper();

  private EntryJson() {}

  static void writeRebuild(Found<RebuildStatement> found, ObjectNode node) {
    RebuildStatement statement = found.statement();
    Rebuild rebuild = statement.rebuild();
    node.put("index", found.index());
    node.put("result", Outcome.of(statement).toString());
    if (statement instanceof RebuildFailure failure) {
      node.put("reason", failure.reason());
    }
    node.put("rebuilder", rebuild.rebuilder().hex());
    node.put("sequence", rebuild.sequence());
    node.putObject("source")
        .put("name", rebuild.source().name().value())
        .put("version", rebuild.source().version().value())
        .put("sha256", rebuild.source().digest().toString());
    node.put("suite", rebuild.suite());
    node.put("architecture", rebuild.architecture().value());
    write(rebuild.toolchain(), node);
    node.put("compilerRoot", rebuild.compilerRoot());
    node.put("profile", rebuild.profile());
    node.put("binaries", rebuild.binaries().toString());
    write(rebuild.platform(), node);
    node.put("environment", rebuild.environment().toString());
    node.put("startedOn", rebuild.startedOn().toString());
    node.put("finishedOn", rebuild.finishedOn().toString());
    ArrayNode artifacts = node.putArray("artifacts");
    for (BinaryArtifact artifact : statement.artifacts()) {
      artifacts
          .addObject()
          .put("name", artifact.identity().name().value())
          .put("version", artifact.identity().version().value())
          .put("architecture", artifact.identity().architecture().value())
          .put("sha256", artifact.digest().toString())
          .put("size", artifact.size());
    }
    if (statement instanceof RebuildAttestation attestation) {
      node.put("buildinfo", attestation.buildinfo().toString());
    }
    ArrayNode byproducts = node.putArray("byproducts");
    for (Byproduct byproduct : rebuild.byproducts()) {
      byproducts
          .addObject()
          .put("name", byproduct.name())
          .put("mediaType", byproduct.mediaType())
          .put("sha256", byproduct.digest().toString());
    }
  }

  static void writeSnapshot(Found<SnapshotHeader> found, ObjectNode node) {
    SnapshotHeader header = found.statement();
    node.put("index", found.index());
    node.put("rebuilder", header.rebuilder().hex());
    node.put("architecture", header.architecture().value());
    write(header.toolchain(), node);
    node.put("compilerRoot", header.compilerRoot());
    write(header.platform(), node);
    node.put("epoch", header.epoch());
    node.put("list", header.list().toString());
    node.put("vector", header.vector().toString());
    node.put("entries", header.entries());
    node.put("madeOn", header.madeOn().toString());
    try {
      String envelope = new String(found.content(), StandardCharsets.UTF_8);
      node.set("envelope", MAPPER.readTree(envelope));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("entry " + found.index() + " was read before", e);
    }
  }

  private static void write(Toolchain toolchain, ObjectNode node) {
    node.putObject("toolchain")
        .put("name", toolchain.name())
        .put("sha256", toolchain.digest().toString());
  }

  /** What tells machines apart for a policy. */
  private static void write(Platform platform, ObjectNode node) {
    node.putObject("platform")
        .put("architecture", platform.architecture())
        .put("emulated", platform.emulated())
        .put("cpuVendor", platform.cpuVendor())
        .put("kernel", platform.kernel());
  }
}
