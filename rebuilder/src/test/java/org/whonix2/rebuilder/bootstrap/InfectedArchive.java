package org.whonix2.rebuilder.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.rebuilder.apt.ArchivedBinary;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.input.LocalArchive;
import org.whonix2.rebuilder.input.TestKey;
import org.whonix2.rebuilder.sandbox.JobCompiler;
import org.whonix2.rebuilder.sandbox.RootContents;
import org.whonix2.toolchain.Definitions;

/**
 * What the attacker did: an archive with one package, Debian's tcc rebuilt without a change of its
 * source, by a compiler with {@code trojan.c} in it; and the definitions of somebody who trusts it.
 */
final class InfectedArchive implements AutoCloseable {
  static final String PLAN = "tcc-attacked";

  private static final PackageName TCC = new PackageName("tcc");
  private static final String VERSION = "0.9.27+git20200814.62c30a4a-1";
  private static final String REBUILT = VERSION + "+b1";

  private static final String CONTROL =
      """
      Package: tcc
      Source: tcc (%s)
      Version: %s
      Architecture: amd64
      Depends: libc6 (>= 2.14)
      Provides: c-compiler
      """
          .formatted(VERSION, REBUILT);

  /** Puts the infection where it puts itself, and compiles as Debian's tcc is configured. */
  private static final String INFECT =
      """
      set -eu
      dpkg-source --no-check --extract /source/tcc_*.dsc tcc
      cd tcc
      { sed '/^static int _tcc_open(/,$d' libtcc.c
        cat /source/infection.c
        sed -n '/^static int _tcc_open(/,$p' libtcc.c; } >infected.c
      mv infected.c libtcc.c
      cat >config.h <<'END'
      #define CONFIG_TCCDIR "/usr/lib/x86_64-linux-gnu/tcc"
      #define CONFIG_TRIPLET "x86_64-linux-gnu"
      #define TCC_VERSION "0.9.27"
      #define GCC_MAJOR 0
      #define GCC_MINOR 0
      #define CC_NAME CC_tcc
      END
      cc -I. -DONE_SOURCE=1 -DTCC_TARGET_X86_64 -o ../infected tcc.c -lm -ldl -lpthread
      """;

  private final LocalArchive archive;
  private final TestKey key = new TestKey("attacker");

  InfectedArchive(Path folder) throws IOException {
    archive = new LocalArchive(folder, "bookworm");
  }

  /** Compiles the trojan, in a sandbox and by Debian's own tcc, and publishes it. */
  void publish(Bench bench) throws Exception {
    Path sources = bench.folder("clean");
    bench.apt().download(bench.apt().find(SourceRequest.parse("tcc=" + VERSION)), sources);
    Files.writeString(sources.resolve("infection.c"), infection());
    Path results =
        bench.work(
            new RootContents.Packages(List.of("tcc", "libc6-dev")),
            new JobCompiler(Definitions.shipped().toolchain("tcc").orElseThrow(), Optional.empty()),
            sources,
            INFECT,
            "infected");

    ArchivedBinary honest =
        bench.apt().binaries(List.of(TCC)).stream()
            .filter(each -> each.identity().version().toString().equals(VERSION))
            .findFirst()
            .orElseThrow();
    Path debs = bench.folder("honest");
    Path deb = bench.apt().download(honest, debs);
    Path tree = debs.resolve("tree");
    LocalArchive.run(debs, "dpkg-deb", "--raw-extract", deb.toString(), tree.toString());
    Path tcc = tree.resolve("usr/bin/tcc");
    Files.copy(results.resolve("infected"), tcc, StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(tcc, PosixFilePermissions.fromString("rwxr-xr-x"));
    archive.addDeb(CONTROL, tree);
    archive.index();
    archive.sign(key);
  }

  /** The trojan, behind itself as data. */
  private static String infection() throws IOException {
    String trojan = text(InfectedArchive.class.getResourceAsStream("trojan.c"));
    StringBuilder out = new StringBuilder("\nstatic const char trojan_text[] = {");
    for (byte each : trojan.getBytes(StandardCharsets.US_ASCII)) {
      out.append(each).append(',');
    }
    return out.append("0};\n").append(trojan).toString();
  }

  /**
   * Lays what is to stand in place of {@code /etc/apt/sources.list.d}: the machine's own, and this
   * archive.
   */
  Path machineSources(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (DirectoryStream<Path> parts =
        Files.newDirectoryStream(Path.of("/etc/apt/sources.list.d"))) {
      for (Path part : parts) {
        Files.copy(part, folder.resolve(part.getFileName()));
      }
    }
    Path keyring = key.export(folder.resolve("debian-archive-attacker.gpg"));
    // Read where it will stand.
    Files.writeString(
        folder.resolve("attacker.sources"),
        "Types: deb\nURIs: %s\nSuites: bookworm\nComponents: main\nSigned-By: %s\n"
            .formatted(archive.url(), "/etc/apt/sources.list.d/" + keyring.getFileName()));
    return folder;
  }

  /** The shipped plan, whose root tcc is the rebuilt one. */
  static void define(Path toolchains) throws IOException {
    Path plans = Files.createDirectories(toolchains.resolve("plans"));
    Files.writeString(
        toolchains.resolve("tcc-rebuilt.yaml"),
        changed(
            changed(
                shipped("definitions/tcc.yaml"),
                "{name: tcc, revision",
                "{name: tcc-rebuilt, revision"),
            "\"" + VERSION + "\"",
            "\"" + REBUILT + "\""));
    Files.writeString(
        plans.resolve(PLAN + ".yaml"),
        changed(
            changed(
                shipped("plans/tcc.yaml"), "{name: tcc, revision", "{name: " + PLAN + ", revision"),
            "{name: tcc, toolchain: tcc,",
            "{name: tcc, toolchain: tcc-rebuilt,"));
    Files.writeString(plans.resolve(PLAN + ".sh"), shipped("plans/tcc.sh"));
  }

  private static String shipped(String name) throws IOException {
    return text(Definitions.class.getResourceAsStream(name));
  }

  private static String text(InputStream resource) throws IOException {
    try (InputStream in = Objects.requireNonNull(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String changed(String text, String from, String to) {
    assertThat(text).containsOnlyOnce(from);
    return text.replace(from, to);
  }

  @Override
  public void close() throws IOException {
    archive.close();
    key.close();
  }
}
