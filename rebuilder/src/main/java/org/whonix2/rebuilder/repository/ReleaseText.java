package org.whonix2.rebuilder.repository;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.openpgp.SignedText;

/**
 * A Release file that has all that ours must have.
 *
 * @param validUntil when apt stops believing it
 */
record ReleaseText(String text, Instant validUntil) {
  /** Reads what apt-ftparchive wrote: another release of it could ignore what we ask for. */
  static ReleaseText parse(String text) throws MalformedInputException {
    Deb822 fields = Deb822.parseOne(text);
    fields.require("Date");
    fields.require("SHA256");
    String byHash = fields.require("Acquire-By-Hash");
    if (!byHash.equals("yes")) {
      throw new MalformedInputException(
          "expected Acquire-By-Hash: yes in a Release file, found " + Quoted.of(byHash));
    }
    String until = fields.require("Valid-Until");
    try {
      return new ReleaseText(
          text, ZonedDateTime.parse(until, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      throw new MalformedInputException(
          "expected a date in Valid-Until, found " + Quoted.of(until), e);
    }
  }

  /** Signs it in both ways that apt knows. */
  SignedRelease sign(SecretKey key, Instant now) throws MalformedInputException {
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    return new SignedRelease(
        plain,
        key.signArmored(plain, now).getBytes(StandardCharsets.US_ASCII),
        SignedText.sign(plain, key, now));
  }
}
