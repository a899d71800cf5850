package org.whonix2.update.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much an address can make a box keep before anything is proven. */
class UnprovenBundlesTest {
  private static final URI ADDRESS = URI.create("http://log.example.org/../a?b");

  private static final URI OTHER = URI.create("http://other.example.org");

  @TempDir private Path log;

  private UnprovenBundles bundles(URI address, long room) {
    return new UnprovenBundles(log, address, room);
  }

  @Test
  void keepsNoMoreThanThereIsRoomFor() throws Exception {
    UnprovenBundles bundles = bundles(ADDRESS, 100_000);
    bundles.keep(0, new byte[60_000]);
    bundles.keep(1, new byte[40_001]);
    bundles.keep(70_000, new byte[40_000]);
    assertThat(bundles.read(0)).isPresent();
    assertThat(bundles.read(1)).isEmpty();
    assertThat(bundles.read(70_000)).isPresent();
  }

  @Test
  void aSmallFileTakesABlock() throws Exception {
    UnprovenBundles bundles = bundles(ADDRESS, 10_000);
    bundles.keep(0, new byte[1]);
    bundles.keep(1, new byte[1]);
    bundles.keep(2, new byte[1]);
    assertThat(bundles.read(1)).isPresent();
    assertThat(bundles.read(2)).isEmpty();
  }

  @Test
  void theNextSyncHasNotMoreRoomNorHasAnotherAddress() throws Exception {
    bundles(ADDRESS, 100_000).keep(0, new byte[60_000]);
    bundles(OTHER, 100_000).keep(0, new byte[30_000]);
    UnprovenBundles next = bundles(ADDRESS, 100_000);
    next.keep(1, new byte[10_001]);
    assertThat(next.read(1)).isEmpty();
    next.forget();
    next.keep(1, new byte[70_000]);
    assertThat(next.read(1)).isPresent();
  }

  @Test
  void eachAddressHasItsOwnInsideOfTheLogsFolder() throws Exception {
    bundles(ADDRESS, 100_000).keep(0, new byte[1]);
    assertThat(bundles(OTHER, 100_000).read(0)).isEmpty();
    try (var files = Files.walk(log)) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(1);
    }
    UnprovenBundles.forgetAll(log);
    try (var files = Files.list(log)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void whatCannotBeKeptOrReadIsNotThere() throws Exception {
    Path obstacle = Files.createFile(log.resolve(UnprovenBundles.FOLDER));
    UnprovenBundles bundles = bundles(ADDRESS, 100_000);
    bundles.keep(0, new byte[1]);
    assertThat(bundles.read(0)).isEmpty();
    bundles.forget();
    Files.delete(obstacle);
    UnprovenBundles again = bundles(ADDRESS, 100_000);
    again.keep(0, new byte[1]);
    assertThat(again.read(0)).isPresent();
  }
}
