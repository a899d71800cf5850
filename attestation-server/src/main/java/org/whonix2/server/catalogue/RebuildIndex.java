package org.whonix2.server.catalogue;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.statement.Rebuild;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.server.store.EntryIndex;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.Said;

/** Finds statements about rebuilds, and their sources and artifacts. */
final class RebuildIndex implements EntryIndex {
  @Override
  public String name() {
    return "rebuilds-1";
  }

  @Override
  public void clear(Handle handle) {
    handle.execute("delete from rebuild");
    handle.execute("delete from rebuilt_artifact");
    handle.execute("delete from rebuilt_source");
    handle.execute("delete from rebuilt_version");
  }

  @Override
  public void add(Handle handle, long index, LogEntry entry) {
    if (entry.said().map(Said::statement).orElse(null) instanceof RebuildStatement statement) {
      add(handle, index, statement);
    }
  }

  private static void add(Handle handle, long index, RebuildStatement statement) {
    Rebuild rebuild = statement.rebuild();
    String source = rebuild.source().name().value();
    String version = rebuild.source().version().value();
    handle.execute(
        "insert into rebuild values (?, ?, ?, ?, ?, ?, ?, ?)",
        index,
        rebuild.rebuilder().hex(),
        source,
        version,
        rebuild.architecture().value(),
        rebuild.toolchain().name(),
        rebuild.compilerRoot(),
        Outcome.of(statement).toString());
    if (!statement.artifacts().isEmpty()) {
      PreparedBatch rows = handle.prepareBatch("insert into rebuilt_artifact values (?, ?, ?, ?)");
      for (BinaryArtifact artifact : statement.artifacts()) {
        rows.add(
            artifact.digest().toByteArray(),
            index,
            artifact.identity().name().value(),
            artifact.identity().version().value());
      }
      rows.execute();
    }
    addVersion(handle, index, source, version);
  }

  /** Nobody else adds entries at the same time: the store has locked the tree's head. */
  private static void addVersion(Handle handle, long index, String source, String version) {
    boolean known =
        handle
            .createQuery(
                "select first_index from rebuilt_version where source = ? and source_version = ?")
            .bind(0, source)
            .bind(1, version)
            .mapTo(Long.class)
            .findOne()
            .isPresent();
    if (known) {
      return;
    }
    handle.execute("insert into rebuilt_version values (?, ?, ?)", source, version, index);
    boolean knownSource =
        handle
            .createQuery("select first_index from rebuilt_source where source = ?")
            .bind(0, source)
            .mapTo(Long.class)
            .findOne()
            .isPresent();
    if (!knownSource) {
      handle.execute("insert into rebuilt_source values (?, ?)", source, index);
    }
  }
}
