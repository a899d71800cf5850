package org.whonix2.rebuilder.input;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A key of the real gpg, in a home of its own, which is short for the agent's socket. */
public final class TestKey implements AutoCloseable {
  private final Path home;

  public TestKey(String name) throws IOException {
    home =
        Files.createTempDirectory(
            Path.of("/tmp"),
            "w2k",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    gpg("--quick-generate-key", name + " <" + name + "@example.org>", "ed25519", "sign", "never");
  }

  private String gpg(String... arguments) throws IOException {
    String[] all = new String[arguments.length + 11];
    String[] start = {
      "gpg",
      "--homedir",
      home.toString(),
      "--batch",
      "--no-tty",
      "--yes",
      "--quiet",
      "--pinentry-mode",
      "loopback",
      "--passphrase",
      ""
    };
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(arguments, 0, all, start.length, arguments.length);
    return LocalArchive.run(home, all);
  }

  /** Lower case. */
  String fingerprint() throws IOException {
    return gpg("--with-colons", "--list-keys")
        .lines()
        .filter(line -> line.startsWith("fpr:"))
        .map(line -> line.split(":", -1)[9].toLowerCase(java.util.Locale.ROOT))
        .findFirst()
        .orElseThrow();
  }

  byte[] clearsign(byte[] text) throws IOException {
    Path in = Files.write(home.resolve("in"), text);
    gpg("--output", home.resolve("out").toString(), "--clearsign", in.toString());
    return Files.readAllBytes(home.resolve("out"));
  }

  /** A program that is gpg with this key. */
  Path program() throws IOException {
    Path program = home.resolve("program");
    if (!Files.exists(program)) {
      Files.writeString(
          program,
          "#!/bin/sh\nexec gpg --homedir %s --batch --no-tty --quiet --pinentry-mode loopback"
                  .formatted(home)
              + " --passphrase '' \"$@\"\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }
    return program;
  }

  /** Writes its certificate, binary, readable by everybody. */
  public Path export(Path file) throws IOException {
    Files.deleteIfExists(file);
    gpg("--output", file.toString(), "--export");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    return file;
  }

  @Override
  public void close() throws IOException {
    LocalArchive.run(home, "gpgconf", "--homedir", home.toString(), "--kill", "all");
    LocalArchive.run(Path.of("/tmp"), "rm", "-rf", home.toString());
  }
}
