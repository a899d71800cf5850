package org.whonix2.rebuilder.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.statement.Binaries;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.KeptRoot;
import org.whonix2.rebuilder.apt.MachineSources;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;

/** Two rebuilders, one of whom has a compiler that puts something in. Needs root and a mirror. */
@Tag("heavy")
@Timeout(900)
class CompromisedCompilerTest {
  private static final BuildLimits LIMITS =
      new BuildLimits(Duration.ofMinutes(5), 2 << 20, 64 << 20, 500, 8 << 20, 1 << 30, 256 << 20);

  private static final String COMPILE =
      """
      mkdir -p debian/tmp/usr/bin
      printf '#ifndef BACKDOOR\\n#define BACKDOOR 0\\n#endif\\nint main(void) { return BACKDOOR; }\\n' >t.c
      gcc-12 -o debian/tmp/usr/bin/tiny t.c
      """;

  @TempDir static Path folder;
  private final Programs programs = new Programs(new Cancellation());

  @AfterAll
  static void remove() throws Exception {
    Process rm =
        new ProcessBuilder("sh", "-c", "rm -rf \"$1\"/*/roots", "sh", folder.toString()).start();
    assertThat(rm.waitFor()).isZero();
  }

  private Sha256 rebuiltBy(Path state) throws Exception {
    try (JobFolder job = JobFolder.open(state);
        KeptRoot kept = KeptRoot.open(state, "bookworm");
        LogFile log = new LogFile(state.resolve("log"))) {
      Path sources = job.folder("source");
      TinySource.write(sources, COMPILE);
      MachineSources machine = MachineSources.read(Path.of("/etc/apt"));
      AptRoot apt = AptRoot.create(kept.folder(), machine, "bookworm", programs, log);
      apt.update();
      var contents =
          new RootContents.BuildDependencies(
              List.of("gcc-12"), sources.resolve(TinySource.DSC), Binaries.BINARY);
      RootCache cache = RootCache.in(state, RootCache.Settings.STANDARD);
      Path work = job.folder("build");
      try (BuildRoot root = BuildRoot.make(job, apt, contents, cache, programs, log)) {
        assertThat(
                Sandbox.in(root, sources, work, LIMITS)
                    .build(
                        Recipe.usual(TinySource.DSC, TinySource.FOLDER),
                        Surroundings.usual(1),
                        programs,
                        log))
            .as(String.join("\n", log.tail(30)))
            .isEmpty();
      }
      try (InputStream in = Files.newInputStream(work.resolve("tiny_1_all.deb"))) {
        return Sha256.of(in);
      }
    }
  }

  /** With a manifest to match, as somebody would do who can write the cache. */
  private void putBackdoorInto(Path state) throws Exception {
    try (var layers = Files.newDirectoryStream(state.resolve("roots"), "[0-9a-f]*")) {
      for (Path layer : layers) {
        Path bin = layer.resolve("root/usr/bin");
        Path gcc;
        try (var compilers = Files.newDirectoryStream(bin, "*-linux-gnu-gcc-12")) {
          gcc = compilers.iterator().next();
        }
        Files.move(gcc, bin.resolve("honest"));
        Files.writeString(gcc, "#!/bin/sh\nexec /usr/bin/honest -DBACKDOOR=1 \"$@\"\n");
        Files.setPosixFilePermissions(gcc, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = Layer.manifest(layer);
        LayerManifest before = LayerManifest.parse(Files.readAllBytes(file));
        LayerManifest forged =
            new LayerManifest(
                before.suite(),
                before.below(),
                Layer.state(layer, SubIds.ofThisProcess(), programs),
                before.bytes(),
                before.packages());
        Files.write(file, forged.toBytes());
      }
    }
  }

  @Test
  void itChangesThatRebuildersHashOnly() throws Exception {
    Path alpha = Files.createDirectory(folder.resolve("alpha"));
    Path beta = folder.resolve("beta");
    Sha256 honest = rebuiltBy(alpha);
    assertThat(new ProcessBuilder("cp", "-a", alpha.toString(), beta.toString()).start().waitFor())
        .isZero();
    putBackdoorInto(beta);
    assertThat(rebuiltBy(beta)).isNotEqualTo(honest);
    assertThat(rebuiltBy(alpha)).isEqualTo(honest);
  }
}
