package org.whonix2.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.io.files.AtomicFiles;

/** A file with somebody's certificate, armored or binary. */
final class CertificateFile {
  private CertificateFile() {}

  static Certificate read(Path file) throws IOException, MalformedInputException {
    try {
      return Certificate.parse(AtomicFiles.read(file, Certificate.MAX_BYTES));
    } catch (MalformedInputException e) {
      throw e.at(file.toString());
    }
  }
}
