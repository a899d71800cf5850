package org.whonix2.server.catalogue;

import java.util.List;
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
  public boolean isInStep() {
    return false;
  }

  @Override
  public void clear(Handle handle) {
    handle.execute("delete from rebuild");
    handle.execute("delete from rebuilt_artifact");
    handle.execute("delete from rebuilt_source");
    handle.execute("delete from rebuilt_version");
  }

  @Override
  public void add(Handle handle, long from, List<LogEntry> entries) {
    PreparedBatch rebuilds =
        handle.prepareBatch("insert into rebuild values (?, ?, ?, ?, ?, ?, ?, ?)");
    PreparedBatch artifacts =
        handle.prepareBatch("insert into rebuilt_artifact values (?, ?, ?, ?)");
    // Nobody else tells it of entries at the same time: the store has locked what says how far it
    // is.
    PreparedBatch versions =
        handle.prepareBatch(
            "insert into rebuilt_version"
                + " select cast(? as varchar(200)), cast(? as varchar(200)), cast(? as bigint)"
                + " where not exists"
                + " (select 1 from rebuilt_version where source = ? and source_version = ?)");
    PreparedBatch sources =
        handle.prepareBatch(
            "insert into rebuilt_source select cast(? as varchar(200)), cast(? as bigint)"
                + " where not exists (select 1 from rebuilt_source where source = ?)");
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).said().map(Said::statement).orElse(null)
          instanceof RebuildStatement statement) {
        long index = from + i;
        Rebuild rebuild = statement.rebuild();
        String source = rebuild.source().name().value();
        String version = rebuild.source().version().value();
        rebuilds.add(
            index,
            rebuild.rebuilder().hex(),
            source,
            version,
            rebuild.architecture().value(),
            rebuild.toolchain().name(),
            rebuild.compilerRoot(),
            Outcome.of(statement).toString());
        for (BinaryArtifact artifact : statement.artifacts()) {
          artifacts.add(
              artifact.digest().toByteArray(),
              index,
              artifact.identity().name().value(),
              artifact.identity().version().value());
        }
        versions.add(source, version, index, source, version);
        sources.add(source, index, source);
      }
    }
    for (PreparedBatch rows : List.of(rebuilds, artifacts, versions, sources)) {
      if (rows.size() > 0) {
        rows.execute();
      }
    }
  }
}
