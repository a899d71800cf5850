package org.whonix2.io.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;

/** Makes and opens keys. */
public final class KeyFolder {
  /** How long the signing subkey of a new key lives. */
  private static final Duration VALIDITY = Duration.ofDays(2 * 365);

  private static final int MAX_BYTES = 65_536;
  private static final String SECRET = "secret.asc";
  private static final String CERTIFICATE = "certificate.asc";

  private KeyFolder() {}

  /** What else has to lie in the folder before the certificate tells that the key is whole. */
  public interface Beside {
    void write(SecretKey key) throws IOException;
  }

  /**
   * Makes a key and writes both its files; never over a secret key that is there.
   *
   * @param userId whose key it is
   */
  public static SecretKey create(Path folder, String userId, Instant now, Beside beside)
      throws IOException, CommandException, MalformedInputException {
    SecretKey key = SecretKey.generate(userId, now, VALIDITY);
    AtomicFiles.createFolders(folder);
    try {
      AtomicFiles.createPrivate(
          folder.resolve(SECRET), key.toArmored().getBytes(StandardCharsets.US_ASCII));
    } catch (FileAlreadyExistsException e) {
      throw new CommandException(
          ExitCode.USAGE,
          folder.resolve(SECRET) + ": there is a secret key already, which is never overwritten",
          "choose another folder with --out",
          e);
    }
    beside.write(key);
    AtomicFiles.replace(
        folder.resolve(CERTIFICATE),
        key.certificate().toArmored().getBytes(StandardCharsets.US_ASCII));
    return key;
  }

  /**
   * Reads the secret key.
   *
   * @param command makes one, but for the folder's name
   * @throws CommandException if there is none, others can read it, or it cannot sign now
   */
  public static SecretKey open(Path folder, Instant now, String command)
      throws IOException, CommandException, MalformedInputException {
    Path file = folder.resolve(SECRET);
    byte[] content;
    try {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
      if (mode.stream().anyMatch(permission -> !permission.name().startsWith("OWNER_"))) {
        throw new CommandException(
            ExitCode.USAGE,
            file + ": expected a file that only its owner can read, found one open to others",
            "chmod 600 " + file);
      }
      content = AtomicFiles.read(file, MAX_BYTES);
    } catch (NoSuchFileException e) {
      throw new CommandException(
          ExitCode.USAGE,
          file + ": there is no such key",
          "make one with: " + command + " " + folder,
          e);
    }
    SecretKey key;
    try {
      key = SecretKey.parse(content);
    } catch (MalformedInputException e) {
      throw e.at(file.toString());
    }
    String problem = key.signingProblem(now).orElse(null);
    if (problem != null) {
      throw new CommandException(ExitCode.USAGE, file + ": the key cannot sign: " + problem, null);
    }
    return key;
  }
}
