package org.whonix2.rebuilder.repository;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.core.digest.Sha256;
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

  /** One file's digest and size, in bytes. */
  record Listed(Sha256 digest, long size) {}

  /** It says of itself what it was asked to. */
  void requireOf(RepositorySettings settings, Set<String> architectures)
      throws MalformedInputException {
    Deb822 fields = Deb822.parseOne(text);
    require(fields, "Suite", settings.suite());
    require(fields, "Codename", settings.suite());
    require(fields, "Origin", settings.origin());
    require(fields, "Label", settings.label());
    require(fields, "Components", "main");
    require(fields, "Architectures", String.join(" ", new TreeSet<>(architectures)));
  }

  private static void require(Deb822 fields, String field, String value)
      throws MalformedInputException {
    String found = fields.require(field).strip();
    if (!found.equals(value)) {
      throw new MalformedInputException(
          "expected " + field + ": " + value + " in a Release file, found " + Quoted.of(found));
    }
  }

  /** It lists these files as they are, and no others. */
  void requireFiles(SortedMap<String, Listed> files) throws MalformedInputException {
    SortedMap<String, Listed> missing = new TreeMap<>(files);
    for (String line : Deb822.parseOne(text).require("SHA256").strip().split("\n", -1)) {
      String[] words = line.strip().split(" +", -1);
      Listed listed = words.length == 3 ? missing.remove(words[2]) : null;
      if (listed == null
          || !(listed.digest() + " " + listed.size()).equals(words[0] + " " + words[1])) {
        throw new MalformedInputException(
            "expected the digests of our own indices in a Release file, found " + Quoted.of(line));
      }
    }
    if (!missing.isEmpty()) {
      throw new MalformedInputException(
          "expected " + missing.firstKey() + " in a Release file, found none");
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
