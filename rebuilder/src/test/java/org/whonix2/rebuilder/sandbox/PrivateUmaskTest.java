package org.whonix2.rebuilder.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.Programs;

/** What is laid for a build by a process whose umask hides everything from others. */
@Timeout(120)
class PrivateUmaskTest {
  @TempDir Path state;

  /** Lays what a build reads; runs with umask 077. */
  static final class Layer {
    private Layer() {}

    public static void main(String[] arguments) throws Exception {
      Path state = Path.of(arguments[0]);
      try (JobFolder job = JobFolder.open(state)) {
        Path source = job.folder("source");
        Files.writeString(source.resolve("a.dsc"), "");
        Sandbox.makeReadable(source);
        Path root = job.folder("root");
        Path apt = Files.createDirectories(root.resolve("etc/apt/sources.list.d"));
        Files.createDirectories(root.resolve("etc/apt/apt.conf.d"));
        Path lists = Files.createDirectories(root.resolve("var/lib/apt/lists/partial"));
        Files.writeString(root.resolve("etc/apt/sources.list"), "");
        Files.writeString(apt.resolve("0000machine.sources"), "");
        Files.writeString(root.resolve("etc/apt/apt.conf.d/99proxy"), "");
        Files.writeString(lists.resolveSibling("m.test_InRelease"), "");
        run(Command.of("/bin/sh", "-c", Installation.FURNISH, "sh", root.toString()), System.out);
        run(Command.of("mkdir", "laid-by-a-program").in(job.path(".")), System.out);
        run(Command.of("find", ".", "-printf", "%M %P\n").in(job.path(".")), System.out);
      }
    }
  }

  private static void run(Command command, OutputStream out) throws IOException {
    new Programs(new Cancellation()).run(command, new Limits(Duration.ofSeconds(60), 1 << 20), out);
  }

  private String laid() throws Exception {
    Command layer =
        Command.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Layer.class.getName(),
                state.toString())
            .behind(List.of("/bin/sh", "-c", "umask 077 && exec \"$@\"", "sh"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    run(layer, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theBuildsUserCanReadItAndNothingOfTheMirrorsIsLeft() throws Exception {
    String laid = laid();
    assertThat(laid.lines())
        .contains(
            "drwxr-xr-x ",
            "drwxr-xr-x source",
            "-rw-r--r-- source/a.dsc",
            "drwxr-xr-x laid-by-a-program");
    assertThat(laid).doesNotContain("sources.list\n", "machine", "proxy", "m.test");
  }
}
