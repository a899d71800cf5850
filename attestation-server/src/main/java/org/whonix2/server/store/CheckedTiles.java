package org.whonix2.server.store;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.HashTile;
import org.whonix2.core.log.TilePath;

/** Makes the tiles anew from the leaf hashes and holds each against the stored one. */
final class CheckedTiles {
  private static final int HEIGHT = 8;

  /** The tile that is being filled. */
  private static final class Level {
    private final ByteArrayOutputStream hashes = new ByteArrayOutputStream(HashTile.MAX_BYTES);
    private long number;
  }

  private final Handle handle;
  private final List<Level> levels = new ArrayList<>();
  private long checked;

  CheckedTiles(Handle handle) {
    this.handle = handle;
  }

  void add(Sha256 leaf) throws ContradictionException, StoreException {
    Sha256 hash = leaf;
    for (int level = 0; ; level++) {
      if (level == levels.size()) {
        levels.add(new Level());
      }
      Level open = levels.get(level);
      open.hashes.writeBytes(hash.toByteArray());
      if (open.hashes.size() < HashTile.MAX_BYTES) {
        return;
      }
      byte[] tile = compare(level, open);
      hash =
          StoredTree.parsed(new TilePath(level, open.number, TilePath.FULL), tile)
              .subtree(HEIGHT, 0);
      open.hashes.reset();
      open.number++;
    }
  }

  private byte[] compare(int level, Level open) throws ContradictionException {
    byte[] tile = open.hashes.toByteArray();
    byte[] stored =
        handle
            .createQuery("select hashes from tile where tile_level = ? and tile_number = ?")
            .bind(0, level)
            .bind(1, open.number)
            .map((row, context) -> row.getBytes(1))
            .findOne()
            .orElseGet(() -> new byte[0]);
    if (!Arrays.equals(tile, stored)) {
      throw new ContradictionException(
          "tile %d/%d: expected the hashes of what is below it, found %s"
              .formatted(level, open.number, stored.length == 0 ? "none" : "others"));
    }
    checked++;
    return tile;
  }

  /** Compares the tiles that are not full, and returns how many there are in all. */
  long end() throws ContradictionException {
    for (int level = 0; level < levels.size(); level++) {
      if (levels.get(level).hashes.size() > 0) {
        compare(level, levels.get(level));
      }
    }
    long stored = handle.createQuery("select count(*) from tile").mapTo(Long.class).one();
    if (stored != checked) {
      throw new ContradictionException("tiles: expected " + checked + ", found " + stored);
    }
    return checked;
  }
}
