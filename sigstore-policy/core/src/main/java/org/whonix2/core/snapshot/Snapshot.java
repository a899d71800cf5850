package org.whonix2.core.snapshot;

import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.statement.SnapshotHeader;

/**
 * A rebuilder's results: a header that it signed, with the very list and vector that the header
 * names. There is no snapshot with another list, and no way to look a result up but by SHA-256:
 * what is said of one file can never be read as said of another.
 */
public final class Snapshot {
  private final SnapshotHeader header;
  private final CanonicalList list;
  private final StateVector vector;

  private Snapshot(SnapshotHeader header, CanonicalList list, StateVector vector) {
    this.header = header;
    this.list = list;
    this.vector = vector;
  }

  /**
   * Joins a header, whose signature the caller has checked, with what it names by digest.
   *
   * @throws MalformedInputException if list or vector are not those of the header, or the vector
   *     contradicts the list
   */
  public static Snapshot of(SnapshotHeader header, CanonicalList list, StateVector vector)
      throws MalformedInputException {
    expect(list.digest().equals(header.list()), "the list", header.list(), list.digest());
    expect(list.size() == header.entries(), "entries", header.entries(), list.size());
    expect(vector.digest().equals(header.vector()), "the vector", header.vector(), vector.digest());
    expect(vector.size() == list.size(), "findings", list.size(), vector.size());
    for (int i = 0; i < list.size(); i++) {
      ListEntry entry = list.entries().get(i);
      if (vector.finding(i).own().filter(entry.digest()::equals).isPresent()) {
        throw new MalformedInputException(
            "snapshot: expected other bits where the state says so, found those of " + entry);
      }
    }
    return new Snapshot(header, list, vector);
  }

  private static void expect(boolean holds, String what, Object expected, Object found)
      throws MalformedInputException {
    if (!holds) {
      throw new MalformedInputException(
          "snapshot: expected " + what + " " + expected + " of the header, found " + found);
    }
  }

  /** A list's entry with the rebuilder's finding about it. */
  public record Result(ListEntry entry, Finding finding) {}

  public SnapshotHeader header() {
    return header;
  }

  public CanonicalList list() {
    return list;
  }

  public StateVector vector() {
    return vector;
  }

  /** What the rebuilder says about these very bits; bits that its list has not are untried. */
  public State stateOf(Sha256 artifact) {
    return findingOf(artifact).state();
  }

  /** As {@link #stateOf}, with the rebuilder's own digest where the bits differ. */
  public Finding findingOf(Sha256 artifact) {
    OptionalInt index = list.indexOf(artifact);
    return index.isPresent() ? vector.finding(index.getAsInt()) : Finding.UNTRIED;
  }

  /** Everything the snapshot says, in the order of the list. */
  public Stream<Result> results() {
    return IntStream.range(0, list.size())
        .mapToObj(i -> new Result(list.entries().get(i), vector.finding(i)));
  }
}
