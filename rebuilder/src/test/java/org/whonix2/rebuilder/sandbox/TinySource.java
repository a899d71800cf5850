package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;

/** A source package {@code tiny 1} whose debian/rules is a shell script; made by dpkg-source. */
public final class TinySource {
  public static final String DSC = "tiny_1.dsc";
  public static final String FOLDER = "tiny-1";

  /** Packs a real .deb: what an honest debian/rules does. */
  static final String HONEST =
      """
      case "$1" in binary)
        mkdir -p debian/tmp/DEBIAN
        dpkg-gencontrol
        dpkg-deb --root-owner-group --build debian/tmp ..
      esac
      """;

  private TinySource() {}

  /**
   * Writes the source package into a folder.
   *
   * @param rules what debian/rules does before it builds honestly
   */
  public static void write(Path folder, String rules) throws IOException {
    Path debian = Files.createDirectories(folder.resolve(FOLDER).resolve("debian"));
    Files.createDirectories(debian.resolve("source"));
    Files.writeString(debian.resolve("source/format"), "3.0 (native)\n");
    Files.writeString(
        debian.resolve("changelog"),
        """
        tiny (1) unstable; urgency=low

          * Tiny.

         -- Nobody <nobody@example.org>  Thu, 01 Jan 2026 00:00:00 +0000
        """);
    Files.writeString(
        debian.resolve("control"),
        """
        Source: tiny
        Maintainer: Nobody <nobody@example.org>
        Rules-Requires-Root: no

        Package: tiny
        Architecture: all
        Description: tiny
         Tiny.
        """);
    Path script = debian.resolve("rules");
    Files.writeString(script, "#!/bin/bash\nset -e\n" + rules + "\n" + HONEST);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Outcome outcome =
        new Programs(new Cancellation())
            .run(
                Command.of("dpkg-source", "--build", FOLDER).in(folder),
                new Limits(Duration.ofMinutes(1), 1 << 20),
                said);
    if (!outcome.succeeded()) {
      throw new IOException("dpkg-source: " + said.toString(StandardCharsets.UTF_8));
    }
  }
}
