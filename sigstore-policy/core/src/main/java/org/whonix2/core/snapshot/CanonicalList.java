package org.whonix2.core.snapshot;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.statement.SnapshotHeader;

/**
 * Every artifact of a suite's index, in the one order and encoding in which everybody who has that
 * index gets the same digest. No identity and no digest stands in it twice.
 */
public final class CanonicalList {
  /** The most artifacts a list may have; Debian's largest index has some 70,000. */
  public static final int MAX_ENTRIES = SnapshotHeader.MAX_ENTRIES;

  /** The most bytes a list may have. */
  public static final int MAX_BYTES = 48 << 20;

  static final String MAGIC = "whonix2-list/v1";

  private final List<ListEntry> entries;
  private final Map<Sha256, Integer> indexes;
  private final Sha256 digest;

  /** Takes ascending entries. */
  private CanonicalList(List<ListEntry> ascending) throws MalformedInputException {
    if (ascending.size() > MAX_ENTRIES) {
      throw new MalformedInputException(
          "expected at most " + MAX_ENTRIES + " entries, found " + ascending.size());
    }
    long characters = MAGIC.length() + 1L;
    for (ListEntry entry : ascending) {
      characters += entry.identity().toString().length() + ListEntry.DIGEST_CHARACTERS;
    }
    if (characters > MAX_BYTES) {
      throw new MalformedInputException(
          "expected a list of at most " + MAX_BYTES + " bytes, found " + characters);
    }
    this.entries = Collections.unmodifiableList(ascending);
    this.indexes = new HashMap<>(ascending.size() * 2);
    for (int i = 0; i < ascending.size(); i++) {
      ListEntry entry = ascending.get(i);
      Integer same = indexes.putIfAbsent(entry.digest(), i);
      if (same != null) {
        throw new MalformedInputException(
            "expected one package a SHA-256, found " + ascending.get(same) + " and " + entry);
      }
      if (i > 0 && ascending.get(i - 1).identity().equals(entry.identity())) {
        throw new MalformedInputException(
            "expected one SHA-256 a package, found "
                + ascending.get(i - 1)
                + " and "
                + entry.digest());
      }
    }
    this.digest = Sha256.of(bytes());
  }

  /**
   * The list of these artifacts in any order.
   *
   * @throws MalformedInputException if one identity has two digests, one digest two identities, or
   *     an entry stands in it twice
   */
  public static CanonicalList of(List<ListEntry> entries) throws MalformedInputException {
    List<ListEntry> ascending = new ArrayList<>(entries);
    Collections.sort(ascending);
    return new CanonicalList(ascending);
  }

  /**
   * The list of all artifacts that a suite's Packages files name: one file a component, and those
   * for the architecture {@code all} where the archive has them apart. An artifact that several
   * paragraphs name alike is in the list once. The streams are read to their end and stay open.
   *
   * @param packages unpacked Packages files whose signatures have been checked
   * @throws IOException if a stream itself fails
   * @throws MalformedInputException as {@link #of}, or if a file is malformed or too large
   */
  public static CanonicalList fromPackages(List<InputStream> packages)
      throws IOException, MalformedInputException {
    List<ListEntry> named = new ArrayList<>();
    for (InputStream file : packages) {
      PackagesFile.readInto(file, named);
    }
    Collections.sort(named);
    List<ListEntry> ascending = new ArrayList<>(named.size());
    for (ListEntry entry : named) {
      if (ascending.isEmpty() || !ascending.get(ascending.size() - 1).equals(entry)) {
        ascending.add(entry);
      }
    }
    return new CanonicalList(ascending);
  }

  /** As {@link #fromPackages(List)}, of one file in memory. */
  public static CanonicalList fromPackages(byte[] packages) throws MalformedInputException {
    try {
      return fromPackages(List.of(new ByteArrayInputStream(packages)));
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory cannot fail", e);
    }
  }

  /** Reads a list; the inverse of {@link #bytes}. */
  public static CanonicalList parse(byte[] bytes) throws MalformedInputException {
    if (bytes.length > MAX_BYTES) {
      throw new MalformedInputException(
          "list: expected at most " + MAX_BYTES + " bytes, found " + bytes.length);
    }
    // A byte outside ASCII becomes a character that no field takes.
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (!text.startsWith(MAGIC + "\n")) {
      throw new MalformedInputException("list: expected '" + MAGIC + "' and a line feed");
    }
    List<ListEntry> entries = new ArrayList<>();
    int number = 2;
    for (int at = MAGIC.length() + 1; at < text.length(); number++) {
      int end = text.indexOf('\n', at);
      try {
        if (end < 0) {
          throw new MalformedInputException("expected a line feed, found the end");
        }
        if (entries.size() == MAX_ENTRIES) {
          throw new MalformedInputException("expected at most " + MAX_ENTRIES + " entries");
        }
        ListEntry entry = ListEntry.parse(text.substring(at, end));
        if (!entries.isEmpty() && entries.get(entries.size() - 1).compareTo(entry) >= 0) {
          throw new MalformedInputException("expected entries in ascending order, found " + entry);
        }
        entries.add(entry);
      } catch (MalformedInputException e) {
        throw e.at("list, line " + number);
      }
      at = end + 1;
    }
    return new CanonicalList(entries);
  }

  /** The one encoding of this list: what {@link #digest} is of. */
  public byte[] bytes() {
    StringBuilder text = new StringBuilder(MAGIC.length() + 1 + entries.size() * 110);
    text.append(MAGIC).append('\n');
    for (ListEntry entry : entries) {
      text.append(entry).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** SHA-256 of {@link #bytes}. */
  public Sha256 digest() {
    return digest;
  }

  public int size() {
    return entries.size();
  }

  /** Ascending; cannot be changed. */
  public List<ListEntry> entries() {
    return entries;
  }

  /** Where the artifact with these very bits stands. There is no other way to look one up. */
  public OptionalInt indexOf(Sha256 artifact) {
    Integer index = indexes.get(artifact);
    return index == null ? OptionalInt.empty() : OptionalInt.of(index);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CanonicalList that && digest.equals(that.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return "list of " + entries.size() + " artifacts, " + digest;
  }
}
