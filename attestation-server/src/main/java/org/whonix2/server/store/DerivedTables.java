package org.whonix2.server.store;

import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.jdbi.v3.core.Handle;

/**
 * Holds the tables of the indexes against those that were made anew in a database of their own.
 * Every table is compared but those named here, so that a new one cannot be forgotten.
 */
final class DerivedTables {
  /** What the log is made of, which is checked otherwise, and what comes from elsewhere. */
  private static final Set<String> NOT_DERIVED =
      Set.of(
          "entry", "tile", "tree_head", "checkpoint", "indexed", "flyway_schema_history", "blob");

  /** Times at which something was done here. */
  private static final Set<String> LOCAL_COLUMNS = Set.of("named_at");

  private DerivedTables() {}

  /** The tables of a database that was just made. */
  static List<String> names(Handle made) {
    return made.createQuery(
            "select lower(table_name) from information_schema.tables"
                + " where table_schema = current_schema order by 1")
        .mapTo(String.class)
        .filter(name -> !NOT_DERIVED.contains(name))
        .list();
  }

  static void compare(Handle stored, Handle made, String table) throws ContradictionException {
    Summary expected = summary(made, table);
    Summary found = summary(stored, table);
    if (expected.equals(found)) {
      return;
    }
    Set<String> rows = new HashSet<>();
    each(made, table, rows::add);
    Set<String> foreign = new HashSet<>();
    each(
        stored,
        table,
        row -> {
          if (foreign.isEmpty() && !rows.contains(row)) {
            foreign.add(row);
          }
        });
    throw new ContradictionException(
        "table %s: expected the %d rows that the entries give, found %d%s"
            .formatted(
                table,
                expected.rows,
                found.rows,
                foreign.isEmpty() ? "" : ", another among them: " + foreign.iterator().next()));
  }

  /** The same for the same rows in whatever order. */
  private record Summary(long rows, BigInteger sum) {}

  private static Summary summary(Handle handle, String table) {
    BigInteger[] sum = {BigInteger.ZERO};
    long[] rows = {0};
    each(
        handle,
        table,
        row -> {
          sum[0] = sum[0].add(new BigInteger(1, DigestUtils.sha256(row)));
          rows[0]++;
        });
    return new Summary(rows[0], sum[0]);
  }

  private interface RowSink {
    void take(String row);
  }

  private static void each(Handle handle, String table, RowSink sink) {
    handle
        .createQuery("select * from " + table)
        .setFetchSize(1_000)
        .map((row, context) -> text(row))
        .useStream(rows -> rows.forEach(sink::take));
  }

  private static String text(ResultSet row) throws SQLException {
    ResultSetMetaData columns = row.getMetaData();
    SortedMap<String, String> values = new TreeMap<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String name = columns.getColumnLabel(i).toLowerCase(Locale.ROOT);
      if (!LOCAL_COLUMNS.contains(name)) {
        Object value = row.getObject(i);
        values.put(
            name, value instanceof byte[] ? Hex.encodeHexString(row.getBytes(i)) : "" + value);
      }
    }
    return values.toString();
  }
}
