package org.whonix2.rebuilder.attest;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.keys.KeyFolder;

/** A rebuilder's key in its folder, with its sequence numbers beside it. */
public final class RebuilderKey {
  private RebuilderKey() {}

  /**
   * Makes a key; never over a secret key that is there.
   *
   * @param operator who runs the rebuilder: the key's user id
   */
  public static SecretKey create(Path folder, String operator, Instant now)
      throws IOException, CommandException, MalformedInputException {
    return KeyFolder.create(
        folder,
        operator,
        now,
        key -> new SequenceNumbers(folder).begin(key.certificate().fingerprint()));
  }

  /**
   * Reads the secret key.
   *
   * @throws CommandException if there is none, others can read it, or it cannot sign now
   */
  public static SecretKey open(Path folder, Instant now)
      throws IOException, CommandException, MalformedInputException {
    return KeyFolder.open(folder, now, "whonix2-rebuilder keygen --operator NAME --out");
  }
}
