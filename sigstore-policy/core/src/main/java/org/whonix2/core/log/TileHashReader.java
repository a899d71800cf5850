package org.whonix2.core.log;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.whonix2.core.digest.Sha256;

/** The hashes of a tree of a fixed size, out of its tiles, each of which is fetched once. */
public final class TileHashReader implements HashReader {
  /** Where tiles come from: a server over HTTP, a folder, a table. */
  @FunctionalInterface
  public interface TileSource {
    /** The tile at this path, exactly as wide as the path says. */
    HashTile tile(TilePath path) throws IOException;
  }

  private static final int HEIGHT = 8;

  private final TileSource source;
  private final long size;
  private final Map<TilePath, HashTile> fetched = new HashMap<>();

  public TileHashReader(TileSource source, long size) {
    TreeSize.require(size);
    this.source = source;
    this.size = size;
  }

  @Override
  public Sha256 hash(int level, long index) throws IOException {
    // The subtree is (level % 8) above a row of hashes of the tiles at level / 8.
    int tileLevel = level / HEIGHT;
    int height = level % HEIGHT;
    int subtreesInTile = TilePath.FULL >>> height;
    long tileIndex = index / subtreesInTile;
    int width = TilePath.widthAt(tileLevel, tileIndex, size);
    int inTile = (int) (index % subtreesInTile);
    if (index < 0 || (inTile + 1) << height > width) {
      throw new IllegalArgumentException(
          "no complete subtree at level " + level + ", index " + index + " of " + size);
    }
    TilePath path = new TilePath(tileLevel, tileIndex, width);
    HashTile tile = fetched.get(path);
    if (tile == null) {
      tile = source.tile(path);
      fetched.put(path, tile);
    }
    return tile.subtree(height, inTile);
  }
}
