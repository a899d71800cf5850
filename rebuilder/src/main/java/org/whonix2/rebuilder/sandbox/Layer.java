package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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
        sort -z | sha256sum
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

  /** The digest over what is there now. */
  static Sha256 state(Path folder, SubIds ids, Programs programs) throws IOException {
    String said = said(folder, ids, programs, STATE);
    try {
      return Sha256.parse(said.replaceAll("\\s.*", ""));
    } catch (MalformedInputException e) {
      throw new IOException(folder + ": cannot look at a cached layer: " + said, e);
    }
  }

  /** How much it takes on disk. */
  static long bytes(Path folder, SubIds ids, Programs programs) throws IOException {
    String said = said(folder, ids, programs, "du -s -B1 \"$1\"");
    try {
      return Long.parseLong(said.replaceAll("\\s.*", ""));
    } catch (NumberFormatException e) {
      throw new IOException(folder + ": cannot look at a cached layer: " + said, e);
    }
  }

  private static String said(Path folder, SubIds ids, Programs programs, String script)
      throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Command look =
        Command.of("/bin/sh", "-c", script, "sh", root(folder).toString()).behind(ids.asOwner());
    Outcome outcome = programs.run(look, LIMITS, said);
    String text = said.toString(StandardCharsets.UTF_8).strip();
    if (!outcome.succeeded()) {
      throw new IOException(folder + ": cannot look at a cached layer: " + text);
    }
    return text;
  }
}
