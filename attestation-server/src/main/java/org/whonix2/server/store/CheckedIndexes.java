package org.whonix2.server.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.whonix2.io.progress.Progress;
import org.whonix2.server.store.EntryRules.Taken;

/**
 * Makes every index anew elsewhere, as far as the stored one knows the log, and holds it against
 * that. Each entry is judged before the indexes are told of it, by what they say until then.
 */
final class CheckedIndexes {
  private static final int STEP = 256;

  /**
   * What was found.
   *
   * @param taken how many entries the log took in which way; each way is there
   * @param firstLate the first entry that was late, if one was
   * @param behind how many entries each index that lags does not know yet, by its name
   * @param tables that were compared
   */
  record Found(
      Map<Taken, Long> taken,
      OptionalLong firstLate,
      SortedMap<String, Long> behind,
      List<String> tables) {}

  private final Handle handle;
  private final TreeHead head;
  private final List<EntryIndex> indexes;
  private final Progress progress;

  CheckedIndexes(Handle handle, TreeHead head, List<EntryIndex> indexes, Progress progress) {
    this.handle = handle;
    this.head = head;
    this.indexes = indexes;
    this.progress = progress;
  }

  /**
   * Checks them.
   *
   * @param scratch an empty folder
   * @param rules over the entries and over the tables that are made anew
   */
  Found check(Path scratch, Function<LogReader, EntryRules> rules) throws IOException {
    Map<EntryIndex, Long> sizes = sizes();
    progress.phase("signatures and indexes", head.size());
    try (Database made = H2Database.open(scratch)) {
      LogStore.migrate(made);
      return Jdbi.create(made.dataSource())
          .withHandle(anew -> compare(anew, sizes, rules.apply(new Reader(anew))));
    }
  }

  /** To which size each index knows the tree. Those in step must know all of it. */
  private Map<EntryIndex, Long> sizes() throws ContradictionException {
    Map<EntryIndex, Long> sizes = new LinkedHashMap<>();
    Set<String> names = new HashSet<>();
    for (EntryIndex index : indexes) {
      names.add(index.name());
      long size =
          handle
              .createQuery("select tree_size from indexed where name = ?")
              .bind(0, index.name())
              .mapTo(Long.class)
              .findOne()
              .orElse(-1L);
      long least = index.isInStep() ? head.size() : 0;
      if (size < least || size > head.size()) {
        throw new ContradictionException(
            "index %s: expected it at size %d%s, found %s"
                .formatted(
                    index.name(),
                    head.size(),
                    index.isInStep() ? "" : " or less",
                    size < 0 ? "none" : String.valueOf(size)));
      }
      sizes.put(index, size);
    }
    for (String known : handle.createQuery("select name from indexed").mapTo(String.class).list()) {
      if (!names.contains(known)) {
        throw new ContradictionException("index " + known + ": expected no such index, found it");
      }
    }
    return sizes;
  }

  /** The stored entries, and the tables that are made anew of those that were judged already. */
  private final class Reader implements LogReader {
    private final Handle anew;

    Reader(Handle anew) {
      this.anew = anew;
    }

    @Override
    public List<byte[]> entries(long from, int count) {
      return LogStore.entries(handle, from, count);
    }

    @Override
    public <T> T lookUp(String what, LookUp<T> question) throws StoreException {
      try {
        return question.in(anew.getConnection());
      } catch (SQLException e) {
        throw new StoreException("the database failed to give " + what, e);
      }
    }

    @Override
    public <T> T read(String what, HandleCallback<T, StoreException> work) throws StoreException {
      return work.withHandle(anew);
    }
  }

  private Found compare(Handle anew, Map<EntryIndex, Long> sizes, EntryRules rules)
      throws IOException {
    Map<Taken, Long> taken = new EnumMap<>(Taken.class);
    for (Taken way : Taken.values()) {
      taken.put(way, 0L);
    }
    OptionalLong firstLate = OptionalLong.empty();
    for (EntryIndex index : indexes) {
      index.clear(anew);
    }
    for (long from = 0; from < head.size(); from += STEP) {
      List<byte[]> entries = LogStore.entries(handle, from, STEP);
      anew.begin();
      for (int i = 0; i < entries.size(); i++) {
        LogEntry entry = LogEntry.logged(entries.get(i));
        Taken way = judged(rules, from + i, entry);
        taken.merge(way, 1L, Long::sum);
        if (way == Taken.LATE && firstLate.isEmpty()) {
          firstLate = OptionalLong.of(from + i);
        }
        for (Map.Entry<EntryIndex, Long> index : sizes.entrySet()) {
          if (from + i < index.getValue()) {
            index.getKey().add(anew, from + i, List.of(entry));
          }
        }
      }
      anew.commit();
      progress.advance(entries.size());
    }
    List<String> tables = DerivedTables.names(anew);
    for (String table : tables) {
      progress.phase("table " + table);
      DerivedTables.compare(handle, anew, table);
    }
    return new Found(taken, firstLate, behind(sizes), tables);
  }

  private SortedMap<String, Long> behind(Map<EntryIndex, Long> sizes) {
    SortedMap<String, Long> behind = new TreeMap<>();
    sizes.forEach(
        (index, size) -> {
          if (size < head.size()) {
            behind.put(index.name(), head.size() - size);
          }
        });
    return behind;
  }

  private static Taken judged(EntryRules rules, long index, LogEntry entry)
      throws ContradictionException, StoreException {
    EntryRules.Judgement judgement = rules.judge(entry);
    if (judgement instanceof EntryRules.Refused refused) {
      throw new ContradictionException(
          "entry " + index + ": expected what this log takes in, found that " + refused.why());
    }
    return (Taken) judgement;
  }
}
