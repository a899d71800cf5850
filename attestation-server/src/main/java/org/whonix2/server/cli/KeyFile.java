package org.whonix2.server.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SigningKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;

/** The file that {@code keygen} wrote. */
final class KeyFile {
  private static final int MAX_BYTES = 1_024;

  private KeyFile() {}

  static SigningKey read(Path file, SignatureType type)
      throws IOException, MalformedInputException, CommandException {
    SigningKey key;
    try {
      key = SigningKey.parse(new String(AtomicFiles.read(file, MAX_BYTES), StandardCharsets.UTF_8));
    } catch (MalformedInputException e) {
      throw e.at(file.toString());
    }
    if (key.verifierKey().type() != type) {
      boolean log = type == SignatureType.ED25519;
      throw new CommandException(
          ExitCode.USAGE,
          file + ": expected a " + (log ? "log's" : "witness's") + " key, found the other kind",
          "make one with keygen" + (log ? "" : " --witness"));
    }
    return key;
  }
}
