package org.whonix2.rebuilder.difference;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Small programs by the real gcc and objcopy, and packages of them by the real dpkg-deb. */
final class Compiled {
  private final Path folder;
  private int packages;

  Compiled(Path folder) {
    this.folder = folder;
  }

  /** A program that exits with this code, its build id and its debug link as told. */
  byte[] program(int exitCode, String buildId, String debugFile, String... options)
      throws IOException {
    Path source = folder.resolve("program.c");
    Files.writeString(
        source,
        "void _start(void) { for (;;) { volatile int x = " + exitCode + "; (void) x; } }\n");
    Path program = folder.resolve("program");
    List<String> gcc =
        new ArrayList<>(
            List.of(
                "gcc",
                "-nostdlib",
                "-static",
                "-fcf-protection=none",
                "-Wl,--build-id=" + buildId));
    gcc.addAll(List.of(options));
    gcc.addAll(List.of("-o", program.toString(), source.toString()));
    run(gcc);
    if (!debugFile.isEmpty()) {
      Path debug = Files.writeString(folder.resolve(debugFile), buildId);
      run(List.of("objcopy", "--add-gnu-debuglink=" + debug, program.toString()));
    }
    return Files.readAllBytes(program);
  }

  /** What goes into a package. */
  final class Contents {
    private final Path root;
    private String compression = "xz";
    private String time = "@1767225600";

    Contents(String name) throws IOException {
      this.root = folder.resolve("package" + packages++);
      Files.createDirectories(root.resolve("DEBIAN"));
      Files.writeString(
          root.resolve("DEBIAN/control"),
          "Package: %s\nVersion: 1\nArchitecture: amd64\nMaintainer: n <n@example.org>\n"
                  .formatted(name)
              + "Description: t\n");
    }

    Contents file(String path, byte[] content) throws IOException {
      Path file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.write(file, content);
      return this;
    }

    Contents file(String path, String content) throws IOException {
      return file(path, content.getBytes(StandardCharsets.UTF_8));
    }

    /** More fields of its control data. */
    Contents control(String fields) throws IOException {
      Files.writeString(root.resolve("DEBIAN/control"), fields, StandardOpenOption.APPEND);
      return this;
    }

    /** The maintainer script may run. */
    Contents executable() throws IOException {
      run(List.of("chmod", "755", root.resolve("DEBIAN/postinst").toString()));
      return this;
    }

    Contents compressedBy(String program) {
      compression = program;
      return this;
    }

    Contents changedAt(String when) {
      time = when;
      return this;
    }

    /** With checksums, as debhelper makes them. */
    Path pack() throws IOException {
      run(
          List.of(
              "sh",
              "-c",
              "cd \"$1\" && find * -path DEBIAN -prune -o -type f -print | LC_ALL=C sort"
                  + " | xargs -r md5sum > DEBIAN/md5sums",
              "sh",
              root.toString()));
      return packAsIs();
    }

    Path packAsIs() throws IOException {
      run(
          List.of(
              "sh", "-c", "find \"$1\" -exec touch -d \"$2\" {} +", "sh", root.toString(), time));
      Path deb = root.resolveSibling(root.getFileName() + ".deb");
      run(
          List.of(
              "dpkg-deb",
              "--root-owner-group",
              "-Z" + compression,
              "--build",
              root.toString(),
              deb.toString()));
      return deb;
    }
  }

  static void run(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.PIPE)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + ": " + said);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
