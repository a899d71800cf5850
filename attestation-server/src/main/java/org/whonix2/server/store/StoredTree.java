package org.whonix2.server.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.Frontier;
import org.whonix2.core.log.HashReader;
import org.whonix2.core.log.HashTile;
import org.whonix2.core.log.TileHashReader;
import org.whonix2.core.log.TilePath;
import org.whonix2.core.log.TreeHash;

/** The tiles over the entries: how they are read and how they grow. */
final class StoredTree {
  /** Levels of the tree in one tile. */
  private static final int HEIGHT = 8;

  private StoredTree() {}

  /** The tile at this path, or empty where fewer hashes stand. */
  static Optional<byte[]> tile(Handle handle, TilePath path) {
    int length = path.width() * Sha256.LENGTH;
    return row(handle, path.level(), path.index())
        .filter(hashes -> hashes.length >= length)
        .map(hashes -> Arrays.copyOf(hashes, length));
  }

  private static Optional<byte[]> row(Handle handle, int level, long number) {
    return handle
        .createQuery("select hashes from tile where tile_level = ? and tile_number = ?")
        .bind(0, level)
        .bind(1, number)
        .map((row, context) -> row.getBytes(1))
        .findOne();
  }

  /** The right edge of the stored tree, which must have this head. */
  static Frontier frontier(Handle handle, TreeHead head) throws StoreException {
    try {
      HashReader reader =
          new TileHashReader(
              path ->
                  parsed(
                      path, tile(handle, path).orElseThrow(() -> new StoreException("no " + path))),
              head.size());
      Frontier frontier = Frontier.read(reader, head.size());
      if (!frontier.root().equals(head.root())) {
        throw new StoreException(
            "the tiles contradict the tree head: expected " + head + ", found " + frontier.root());
      }
      return frontier;
    } catch (StoreException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("the reader throws nothing else", e);
    }
  }

  static HashTile parsed(TilePath path, byte[] hashes) throws StoreException {
    try {
      return HashTile.parse(hashes, path.width());
    } catch (MalformedInputException e) {
      throw new StoreException("cannot read " + path, e);
    }
  }

  /** Appends hashes to a level that holds {@code count}, and full tiles' roots to those above. */
  static void grow(Handle handle, int level, long count, List<Sha256> hashes)
      throws StoreException {
    List<Sha256> above = new ArrayList<>();
    int done = 0;
    while (done < hashes.size()) {
      long number = (count + done) / TilePath.FULL;
      int width = (int) ((count + done) % TilePath.FULL);
      int end = Math.min(hashes.size(), done + TilePath.FULL - width);
      byte[] tile = extend(handle, level, number, width, hashes.subList(done, end));
      if (tile.length == HashTile.MAX_BYTES) {
        above.add(parsed(new TilePath(level, number, TilePath.FULL), tile).subtree(HEIGHT, 0));
      }
      done = end;
    }
    if (!above.isEmpty()) {
      grow(handle, level + 1, count / TilePath.FULL, above);
    }
  }

  private static byte[] extend(
      Handle handle, int level, long number, int width, List<Sha256> hashes) throws StoreException {
    if (width == 0) {
      byte[] tile = concatenate(new byte[0], hashes);
      handle.execute("insert into tile values (?, ?, ?)", level, number, tile);
      return tile;
    }
    byte[] stored = row(handle, level, number).orElseGet(() -> new byte[0]);
    if (stored.length != width * Sha256.LENGTH) {
      throw new StoreException(
          "tile %d/%d: expected %d hashes, found %d bytes"
              .formatted(level, number, width, stored.length));
    }
    byte[] tile = concatenate(stored, hashes);
    handle.execute(
        "update tile set hashes = ? where tile_level = ? and tile_number = ?", tile, level, number);
    return tile;
  }

  private static byte[] concatenate(byte[] tile, List<Sha256> hashes) {
    int at = tile.length;
    byte[] longer = Arrays.copyOf(tile, at + hashes.size() * Sha256.LENGTH);
    for (Sha256 hash : hashes) {
      System.arraycopy(hash.toByteArray(), 0, longer, at, Sha256.LENGTH);
      at += Sha256.LENGTH;
    }
    return longer;
  }

  /**
   * Holds against each other what can be read in constant time: the number of entries, the root of
   * the tiles' right edge, and the newest tile with the entries' own bytes.
   */
  static TreeHead check(Handle handle, TreeHead head) throws StoreException {
    long count = number(handle, "select count(*) from entry");
    long end = number(handle, "select coalesce(max(leaf_index) + 1, 0) from entry");
    if (count != head.size() || end != head.size()) {
      throw new StoreException(
          "the entries contradict the tree head: expected %d, found %d, the last at %d"
              .formatted(head.size(), count, end - 1));
    }
    frontier(handle, head);
    if (head.size() > 0) {
      checkNewestTile(handle, head);
    }
    return head;
  }

  private static void checkNewestTile(Handle handle, TreeHead head) throws StoreException {
    long number = (head.size() - 1) / TilePath.FULL;
    List<Sha256> leaves =
        LogStore.entries(handle, number * TilePath.FULL, TilePath.FULL).stream()
            .map(TreeHash::leaf)
            .toList();
    byte[] stored = row(handle, 0, number).orElseGet(() -> new byte[0]);
    if (!Arrays.equals(concatenate(new byte[0], leaves), stored)) {
      throw new StoreException(
          "the newest entries contradict the tiles: tile 0/" + number + " is not their hashes");
    }
  }

  private static long number(Handle handle, String query) {
    return handle.createQuery(query).mapTo(Long.class).one();
  }
}
