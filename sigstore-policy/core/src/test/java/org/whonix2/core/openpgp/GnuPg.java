package org.whonix2.core.openpgp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The real gpg with a home of its own, and a clock that tests set. */
final class GnuPg {
  private static final DateTimeFormatter FAKED =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'!'").withZone(ZoneOffset.UTC);
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Path home;

  /** Home is short: gpg's agent puts a socket there. */
  GnuPg() throws IOException {
    home = Files.createTempDirectory(Path.of("/tmp"), "w2gpg");
  }

  static final class Answer {
    private final int exitCode;
    private final byte[] output;
    private final String error;

    private Answer(int exitCode, byte[] output, String error) {
      this.exitCode = exitCode;
      this.output = output;
      this.error = error;
    }

    int exitCode() {
      return exitCode;
    }

    byte[] output() {
      return output;
    }

    @Override
    public String toString() {
      return "exit " + exitCode + ": " + error;
    }
  }

  /** Runs gpg at that time; what it wrote to standard output is the answer. */
  byte[] at(Instant time, byte[] input, String... arguments) throws Exception {
    Answer answer = tryAt(time, input, arguments);
    if (answer.exitCode() != 0) {
      throw new AssertionError("gpg " + List.of(arguments) + " ended with " + answer);
    }
    return answer.output();
  }

  Answer tryAt(Instant time, byte[] input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of("gpg", "--homedir", home.toString(), "--batch", "--no-tty", "--yes", "--quiet"));
    command.addAll(List.of("--faked-system-time", FAKED.format(time)));
    command.addAll(List.of("--pinentry-mode", "loopback", "--passphrase", ""));
    command.addAll(List.of(arguments));
    return run(input, command);
  }

  /** An interactive command, its answers given in advance. */
  byte[] edit(Instant time, String command, String key, String answers) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("gpg", "--homedir", home.toString(), "--no-tty", "--expert"));
    arguments.addAll(List.of("--faked-system-time", FAKED.format(time)));
    arguments.addAll(List.of("--pinentry-mode", "loopback", "--passphrase", ""));
    arguments.addAll(List.of("--command-fd", "0", command, key));
    Answer answer = run(answers.getBytes(StandardCharsets.US_ASCII), arguments);
    if (answer.exitCode() != 0) {
      throw new AssertionError(arguments + " ended with " + answer);
    }
    return answer.output();
  }

  /** Makes a key that certifies only and gives its fingerprint. */
  String primary(Instant created, String name, String algorithm, String expires) throws Exception {
    at(created, new byte[0], "--quick-generate-key", name, algorithm, "cert", expires);
    String listing = text(at(created, new byte[0], "--with-colons", "--list-keys", "=" + name));
    return listing
        .lines()
        .filter(line -> line.startsWith("fpr:"))
        .findFirst()
        .orElseThrow()
        .split(":", -1)[9];
  }

  void signingSubkey(Instant created, String primary, String algorithm, String expires)
      throws Exception {
    at(created, new byte[0], "--quick-add-key", primary, algorithm, "sign", expires);
  }

  /** Answers to gpg's question for a revocation's reason. */
  enum Reason {
    NONE(0),
    COMPROMISED(1),
    SUPERSEDED(2),
    RETIRED(3);

    private final int answer;

    Reason(int answer) {
      this.answer = answer;
    }
  }

  /** Revokes a primary key. */
  void revoke(Instant time, String primary, Reason reason) throws Exception {
    String answers = "y\n" + reason.answer + "\n\ny\n";
    at(time, edit(time, "--gen-revoke", primary, answers), "--import");
  }

  /** Revokes a certificate's first subkey. */
  void revokeSubkey(Instant time, String primary, Reason reason) throws Exception {
    edit(time, "--edit-key", primary, "key 1\nrevkey\ny\n" + reason.answer + "\n\ny\nsave\n");
  }

  Certificate certificate(String fingerprint) throws Exception {
    return Certificate.parse(at(Instant.now(), new byte[0], "--armor", "--export", fingerprint));
  }

  byte[] sign(Instant time, String fingerprint, byte[] message, String... options)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--local-user", fingerprint));
    arguments.addAll(List.of(options));
    arguments.add("--detach-sign");
    return at(time, message, arguments.toArray(new String[0]));
  }

  static Answer run(byte[] input, List<String> command) throws Exception {
    Path output = Files.createTempFile("out", "");
    Path error = Files.createTempFile("err", "");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(output.toFile())
              .redirectError(error.toFile())
              .start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input);
      } catch (IOException e) {
        // The program ended without reading all of it; its exit code tells.
      }
      if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " took more than " + DEADLINE);
      }
      try (InputStream out = Files.newInputStream(output)) {
        return new Answer(process.exitValue(), out.readAllBytes(), Files.readString(error));
      }
    } finally {
      Files.delete(output);
      Files.delete(error);
    }
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  void remove() throws Exception {
    run(new byte[0], List.of("gpgconf", "--homedir", home.toString(), "--kill", "all"));
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
