package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;

/**
 * A part of a build root that no build can write: a folder with {@code root/}, a lower layer of
 * overlayfs, {@code status}, what dpkg's status was in a root of it and the layers below, and
 * {@code manifest}.
 */
record Layer(Path folder, LayerManifest manifest) {
  private static final Limits LIMITS = new Limits(Duration.ofMinutes(10), 1 << 16);

  /**
   * Times of last change cannot be set by those who can write the files, so this notices all but an
   * attacker with power over the kernel or the clock; it reads no file's content, as a job must not
   * wait for that.
   */
  private static final String STATE =
      """
      cd "$1" && find . -mindepth 1 -printf '%P %y %m %U %G %s %n %T@ %C@ %l\\0' |
        sort -z | sha256sum && du -s -B1 .
      """;

  Path root() {
    return root(folder);
  }

  Path status() {
    return status(folder);
  }

  static Path root(Path folder) {
    return folder.resolve("root");
  }

  static Path status(Path folder) {
    return folder.resolve("status");
  }

  static Path manifest(Path folder) {
    return folder.resolve("manifest");
  }

  /** What is there now. */
  record Present(Sha256 state, long bytes) {
    static Present of(Path folder, SubIds ids, Programs programs) throws IOException {
      ByteArrayOutputStream said = new ByteArrayOutputStream();
      Command look =
          Command.of("/bin/sh", "-c", STATE, "sh", root(folder).toString()).behind(ids.asOwner());
      Outcome outcome = programs.run(look, LIMITS, said);
      List<String> words = List.of(said.toString(StandardCharsets.UTF_8).split("\\s+"));
      try {
        if (outcome.succeeded() && words.size() >= 3) {
          return new Present(Sha256.parse(words.get(0)), Long.parseLong(words.get(2)));
        }
      } catch (MalformedInputException | NumberFormatException e) {
        throw new IOException(folder + ": cannot look at a cached layer", e);
      }
      throw new IOException(folder + ": cannot look at a cached layer: " + said);
    }
  }
}
