package org.whonix2.rebuilder.input;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.core.openpgp.SignedText;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.apt.ArchivedSource;

/** A source's .dsc, whose digest is verified already. */
final class Dsc {
  private static final int MAX_BYTES = 1 << 20;
  private static final int MOST_FILES = 100;

  private final Deb822 fields;
  private final Optional<SignedText> signed;

  private Dsc(Deb822 fields, Optional<SignedText> signed) {
    this.fields = fields;
    this.signed = signed;
  }

  /** Reads it; one that is not signed is a Debian source package too. */
  static Dsc read(Path file) throws IOException, MalformedInputException {
    try {
      return parse(AtomicFiles.read(file, MAX_BYTES));
    } catch (MalformedInputException e) {
      throw e.at(String.valueOf(file.getFileName()));
    }
  }

  static Dsc parse(byte[] bytes) throws MalformedInputException {
    if (!SignedText.looksSigned(bytes)) {
      return new Dsc(fields(bytes), Optional.empty());
    }
    SignedText text = SignedText.parse(bytes);
    return new Dsc(fields(text.text()), Optional.of(text));
  }

  private static Deb822 fields(byte[] text) throws MalformedInputException {
    try {
      return Deb822.parseOne(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString());
    } catch (CharacterCodingException e) {
      throw new MalformedInputException("expected UTF-8", e);
    }
  }

  /** The signed text; empty if nobody signed it. */
  Optional<SignedText> signed() {
    return signed;
  }

  /**
   * Checks that it says itself what the archive's index says: nobody can pass off one source's
   * signature for another's.
   */
  void requireSame(ArchivedSource source) throws MalformedInputException {
    require("Source", source.name().toString());
    require("Version", source.version().toString());
    Set<ArchivedSource.SourceFile> indexed = new HashSet<>(source.files());
    indexed.remove(source.dsc());
    List<ArchivedSource.SourceFile> named = ArchivedSource.files(fields, MOST_FILES);
    if (!indexed.equals(new HashSet<>(named))) {
      throw new MalformedInputException(
          source.dsc().name()
              + ": expected the files of the archive's index in Checksums-Sha256, found others");
    }
  }

  private void require(String field, String expected) throws MalformedInputException {
    String found = fields.require(field);
    if (!found.equals(expected)) {
      throw new MalformedInputException(
          "expected " + field + " " + expected + " in the .dsc, found " + Quoted.of(found));
    }
  }
}
