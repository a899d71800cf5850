package org.whonix2.core.snapshot;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/**
 * How to get from one canonical list to another: which entries go, by their place in the old list,
 * and which are new. It can come from anybody: what it makes is checked against the digest.
 */
public final class ListDelta {
  static final String MAGIC = "whonix2-list-delta/v1";

  private static final int MAX_IDENTITY = 1 << 10;

  private final Sha256 from;
  private final Sha256 to;

  /** Ascending indexes of the old list. */
  private final List<Integer> removed;

  /** Ascending. */
  private final List<ListEntry> added;

  private ListDelta(Sha256 from, Sha256 to, List<Integer> removed, List<ListEntry> added) {
    this.from = from;
    this.to = to;
    this.removed = List.copyOf(removed);
    this.added = List.copyOf(added);
  }

  /** The one delta from this list to that. */
  public static ListDelta between(CanonicalList from, CanonicalList to) {
    List<Integer> removed = new ArrayList<>();
    List<ListEntry> added = new ArrayList<>();
    int old = 0;
    for (ListEntry entry : to.entries()) {
      while (old < from.size() && from.entries().get(old).compareTo(entry) < 0) {
        removed.add(old++);
      }
      if (old < from.size() && from.entries().get(old).equals(entry)) {
        old++;
      } else {
        added.add(entry);
      }
    }
    while (old < from.size()) {
      removed.add(old++);
    }
    return new ListDelta(from.digest(), to.digest(), removed, added);
  }

  /** Reads a delta; the inverse of {@link #bytes}. */
  public static ListDelta parse(byte[] bytes) throws MalformedInputException {
    Encoded in = new Encoded(bytes, CanonicalList.MAX_BYTES, MAGIC);
    Sha256 from = in.digest();
    Sha256 to = in.digest();
    int removals = in.count(CanonicalList.MAX_ENTRIES, 1, "removed entries");
    List<Integer> removed = new ArrayList<>(removals);
    int next = 0;
    for (int i = 0; i < removals; i++) {
      int index = next + in.number(CanonicalList.MAX_ENTRIES - 1 - next, "a distance");
      removed.add(index);
      next = index + 1;
    }
    int additions = in.count(CanonicalList.MAX_ENTRIES, Sha256.LENGTH, "added entries");
    List<ListEntry> added = new ArrayList<>(additions);
    String before = "";
    long characters = 0;
    for (int i = 0; i < additions; i++) {
      String identity = identity(in, before);
      characters += identity.length() + ListEntry.DIGEST_CHARACTERS;
      if (characters > CanonicalList.MAX_BYTES) {
        throw in.malformed("expected what fits into a list, found more");
      }
      ListEntry entry = new ListEntry(ListEntry.parseIdentity(identity), in.digest());
      if (i > 0 && added.get(i - 1).compareTo(entry) >= 0) {
        throw in.malformed("expected added entries in ascending order, found " + entry);
      }
      added.add(entry);
      before = identity;
    }
    in.end();
    return new ListDelta(from, to, removed, added);
  }

  /** So many characters as before, then others: never one that could have been shared too. */
  private static String identity(Encoded in, String before) throws MalformedInputException {
    int shared = in.number(before.length(), "shared characters");
    String rest = in.text(in.number(MAX_IDENTITY, "characters"));
    if (shared < before.length() && rest.startsWith(before.substring(shared, shared + 1))) {
      throw in.malformed("expected as many shared characters as there are, found less");
    }
    return before.substring(0, shared) + rest;
  }

  /** The one encoding of this delta. */
  public byte[] bytes() {
    Encoding out = new Encoding(MAGIC);
    out.digest(from);
    out.digest(to);
    out.number(removed.size());
    int next = 0;
    for (int index : removed) {
      out.number(index - next);
      next = index + 1;
    }
    out.number(added.size());
    String before = "";
    for (ListEntry entry : added) {
      String identity = entry.identity().toString();
      int shared = shared(before, identity);
      out.number(shared);
      out.number(identity.length() - shared);
      out.text(identity.substring(shared));
      out.digest(entry.digest());
      before = identity;
    }
    return out.toByteArray();
  }

  private static int shared(String before, String identity) {
    int shared = 0;
    while (shared < before.length()
        && shared < identity.length()
        && before.charAt(shared) == identity.charAt(shared)) {
      shared++;
    }
    return shared;
  }

  /**
   * The list with the digest {@link #to}.
   *
   * @throws MalformedInputException if this is no delta of that list, or leads to another one than
   *     it says
   */
  public CanonicalList apply(CanonicalList list) throws MalformedInputException {
    if (!list.digest().equals(from)) {
      throw new MalformedInputException(
          "list delta: expected the list " + from + ", found " + list.digest());
    }
    if (!removed.isEmpty() && removed.get(removed.size() - 1) >= list.size()) {
      throw new MalformedInputException(
          "list delta: expected removed entries among " + list.size() + ", found one beyond");
    }
    for (ListEntry entry : added) {
      // Also where it is removed at the same time: there would be two deltas for one change.
      if (Collections.binarySearch(list.entries(), entry) >= 0) {
        throw new MalformedInputException("list delta: expected new entries, found " + entry);
      }
    }
    List<ListEntry> entries = new ArrayList<>(list.size() + added.size());
    int next = 0;
    for (int index : removed) {
      entries.addAll(list.entries().subList(next, index));
      next = index + 1;
    }
    entries.addAll(list.entries().subList(next, list.size()));
    entries.addAll(added);
    CanonicalList result = CanonicalList.of(entries);
    if (!result.digest().equals(to)) {
      throw new MalformedInputException(
          "list delta: expected it to make the list " + to + ", found " + result.digest());
    }
    return result;
  }

  /** The digest of the list that this applies to. */
  public Sha256 from() {
    return from;
  }

  /** The digest of the list that this makes. */
  public Sha256 to() {
    return to;
  }

  @Override
  public String toString() {
    return removed.size() + " removed, " + added.size() + " added, " + from + " to " + to;
  }
}
