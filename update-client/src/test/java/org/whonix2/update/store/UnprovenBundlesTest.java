package org.whonix2.update.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much an address can make a box keep before anything is proven. */
class UnprovenBundlesTest {
  private static final URI ADDRESS = URI.create("http://log.example.org/../a?b");

  @TempDir private Path log;

  private UnprovenBundles bundles(URI address, long room) throws IOException {
    return new UnprovenBundles(log, address, StoreFiles.DURABLE, room);
  }

  @Test
  void keepsNoMoreThanThereIsRoomFor() throws Exception {
    UnprovenBundles bundles = bundles(ADDRESS, 100);
    bundles.keep(0, new byte[60]);
    bundles.keep(1, new byte[41]);
    bundles.keep(70_000, new byte[40]);
    assertThat(bundles.read(0)).isPresent();
    assertThat(bundles.read(1)).isEmpty();
    assertThat(bundles.read(70_000)).isPresent();
  }

  @Test
  void theNextSyncHasNotMoreRoom() throws Exception {
    bundles(ADDRESS, 100).keep(0, new byte[60]);
    UnprovenBundles next = bundles(ADDRESS, 100);
    next.keep(1, new byte[41]);
    assertThat(next.read(1)).isEmpty();
    next.forget();
    next.keep(1, new byte[41]);
    assertThat(next.read(1)).isPresent();
  }

  @Test
  void eachAddressHasItsOwnInsideOfTheLogsFolder() throws Exception {
    bundles(ADDRESS, 100).keep(0, new byte[1]);
    assertThat(bundles(URI.create("http://other.example.org"), 100).read(0)).isEmpty();
    try (var files = Files.walk(log)) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(1);
    }
    UnprovenBundles.forgetAll(log, StoreFiles.DURABLE);
    try (var files = Files.list(log)) {
      assertThat(files).isEmpty();
    }
  }
}
