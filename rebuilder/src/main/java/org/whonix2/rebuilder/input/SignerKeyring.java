package org.whonix2.rebuilder.input;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Keyring;
import org.whonix2.core.openpgp.SignerSearch;
import org.whonix2.io.files.AtomicFiles;

/** A file that a user names: certificates one after the other, or one in ASCII armor. */
final class SignerKeyring {
  private SignerKeyring() {}

  /** Looks through it. */
  static void search(Path file, SignerSearch search) throws IOException, MalformedInputException {
    byte[] bytes = AtomicFiles.read(file, Keyring.MAX_BYTES);
    boolean armored = bytes.length > 0 && bytes[0] == '-';
    try {
      search.in(new ByteArrayInputStream(armored ? Certificate.parse(bytes).toBytes() : bytes));
    } catch (MalformedInputException e) {
      throw e.at(String.valueOf(file.getFileName()));
    }
  }
}
