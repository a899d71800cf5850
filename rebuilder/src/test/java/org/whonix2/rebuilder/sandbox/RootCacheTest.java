package org.whonix2.rebuilder.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;

/** Layers made by hand: what is kept, what is taken, what goes. */
@Timeout(120)
class RootCacheTest {
  private static final Sha256 KEY = Sha256.of("key".getBytes(StandardCharsets.UTF_8));
  private static final Sha256 OTHER = Sha256.of("other".getBytes(StandardCharsets.UTF_8));

  @TempDir Path state;
  private final Programs programs = new Programs(new Cancellation());
  private JobFolder job;
  private LogFile log;

  @BeforeEach
  void open() throws Exception {
    job = JobFolder.open(state);
    log = new LogFile(state.resolve("log"));
  }

  @AfterEach
  void close() throws Exception {
    log.close();
    job.close();
  }

  private RootCache cache(boolean kept, Duration age, long bytes) throws Exception {
    return RootCache.in(state, new RootCache.Settings(kept, age, bytes));
  }

  private RootCache cache() throws Exception {
    return cache(true, Duration.ofDays(1), 1 << 30);
  }

  private Layer made(String name, Optional<Sha256> below, long bytes) throws Exception {
    Path folder = job.folder(name);
    Path bin = Files.createDirectories(Layer.root(folder).resolve("usr/bin"));
    Files.writeString(bin.resolve("gcc"), "honest");
    Files.writeString(Layer.status(folder), "");
    ExactPackage one =
        new ExactPackage(
            PackageName.parse("gcc"), PackageVersion.parse("1"), Architecture.parse("all"));
    LayerManifest manifest =
        new LayerManifest(
            "bookworm",
            below,
            Layer.state(folder, SubIds.ofThisProcess(), programs),
            bytes,
            List.of(one));
    Files.write(Layer.manifest(folder), manifest.toBytes());
    return new Layer(folder, manifest);
  }

  private Optional<Layer> take(RootCache cache, Sha256 key) throws Exception {
    return cache.take(key, Optional.empty(), job, programs, log);
  }

  @Test
  void whatWasKeptIsTaken() throws Exception {
    RootCache cache = cache();
    assertThat(take(cache, KEY)).isEmpty();
    Layer made = made("layer", Optional.empty(), 1);
    Layer kept = cache.keep(KEY, made);
    assertThat(kept.folder()).isEqualTo(state.resolve("roots").resolve(KEY.toString()));
    assertThat(made.folder()).doesNotExist();
    cache.release(KEY);
    assertThat(take(cache, KEY)).contains(kept);
    cache.release(KEY);
    assertThat(take(cache, OTHER)).isEmpty();
  }

  @Test
  void aManifestIsReadBackAsItWasWritten() throws Exception {
    LayerManifest manifest = made("layer", Optional.of(OTHER), 7).manifest();
    assertThat(LayerManifest.parse(manifest.toBytes())).isEqualTo(manifest);
  }

  @Test
  void anAlteredCompilerIsNoticedAndItsLayerThrownAway() throws Exception {
    RootCache cache = cache();
    Layer kept = cache.keep(KEY, made("layer", Optional.empty(), 1));
    cache.release(KEY);
    Path gcc = kept.root().resolve("usr/bin/gcc");
    FileTime time = Files.getLastModifiedTime(gcc);
    Files.writeString(gcc, "evil!!"); // as long as before
    Files.setLastModifiedTime(gcc, time);
    assertThat(take(cache, KEY)).isEmpty();
    assertThat(log.tail(1))
        .singleElement()
        .asString()
        .contains("found it changed; it is made anew");
    assertThat(kept.folder()).doesNotExist();
  }

  @Test
  void aLayerOnAnotherThanItWasMadeOnIsThrownAway() throws Exception {
    RootCache cache = cache();
    cache.keep(KEY, made("layer", Optional.of(OTHER), 1));
    cache.release(KEY);
    assertThat(take(cache, KEY)).isEmpty();
    assertThat(state.resolve("roots").resolve(KEY.toString())).doesNotExist();
  }

  @Test
  void halfALayerIsNone() throws Exception {
    RootCache cache = cache();
    Path half = Files.createDirectories(state.resolve("roots").resolve(KEY.toString()));
    Files.createDirectories(half.resolve("root/usr"));
    assertThat(take(cache, KEY)).isEmpty();
    assertThat(half).doesNotExist();
    Files.createDirectories(half);
    Files.writeString(half.resolve("manifest"), "whonix2 layer 1\nsuite ");
    assertThat(take(cache, KEY)).isEmpty();
    assertThat(half).doesNotExist();
  }

  @Test
  void withoutACacheNothingIsTakenAndNothingKept() throws Exception {
    RootCache cache = cache();
    cache.keep(KEY, made("layer", Optional.empty(), 1));
    cache.release(KEY);
    RootCache none = cache(false, Duration.ofDays(1), 1 << 30);
    assertThat(take(none, KEY)).isEmpty();
    Layer made = made("another", Optional.empty(), 1);
    assertThat(none.keep(OTHER, made)).isEqualTo(made);
    assertThat(state.resolve("roots").resolve(OTHER.toString())).doesNotExist();
  }

  @Test
  void whatIsOldGoesUnlessItIsInUse() throws Exception {
    RootCache cache = cache();
    for (Sha256 key : List.of(KEY, OTHER)) {
      cache.keep(key, made("layer" + key, Optional.empty(), 1));
    }
    cache.release(KEY);
    cache.clean(job, Instant.now().plus(Duration.ofDays(2)));
    assertThat(state.resolve("roots").resolve(KEY.toString())).doesNotExist();
    assertThat(state.resolve("roots").resolve(OTHER.toString())).exists();
    cache.release(OTHER);
  }

  @Test
  void whatWasUsedLeastLatelyGoesUntilTheRestIsSmallEnough() throws Exception {
    RootCache cache = cache(true, Duration.ofDays(1), 100);
    for (Sha256 key : List.of(KEY, OTHER)) {
      cache.keep(key, made("layer" + key, Optional.empty(), 60));
      cache.release(key);
    }
    Path older = state.resolve("roots").resolve(OTHER.toString());
    Files.setLastModifiedTime(older, FileTime.from(Instant.now().minusSeconds(60)));
    cache.clean(job, Instant.now());
    assertThat(older).doesNotExist();
    assertThat(state.resolve("roots").resolve(KEY.toString())).exists();
  }
}
