package org.whonix2.core.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/**
 * How to get from a rebuilder's findings about one list to its findings about another, or the same:
 * first {@link StateVector#carriedOver}, then the entries whose finding is not what was carried
 * over. It can come from anybody: what it makes is checked against the digest.
 */
public final class VectorDelta {
  static final String MAGIC = "whonix2-vector-delta/v1";

  private final Side from;
  private final Side to;
  private final List<Change> changes;

  private VectorDelta(Side from, Side to, List<Change> changes) {
    this.from = from;
    this.to = to;
    this.changes = List.copyOf(changes);
  }

  private record Side(Sha256 list, Sha256 vector) {
    static Side of(CanonicalList list, StateVector vector) {
      return new Side(list.digest(), vector.digest());
    }

    static Side read(Encoded in) throws MalformedInputException {
      return new Side(in.digest(), in.digest());
    }

    void write(Encoding out) {
      out.digest(list);
      out.digest(vector);
    }
  }

  private record Change(int index, Finding finding) {}

  /**
   * The one delta between these findings.
   *
   * @throws IllegalArgumentException if a vector has not as many entries as its list
   */
  public static VectorDelta between(
      CanonicalList fromList, StateVector from, CanonicalList toList, StateVector to) {
    if (to.size() != toList.size()) {
      throw new IllegalArgumentException(
          "expected a vector of " + toList.size() + " entries, found " + to.size());
    }
    StateVector carried = from.carriedOver(fromList, toList);
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < to.size(); i++) {
      Finding finding = to.finding(i);
      if (!finding.equals(carried.finding(i))) {
        changes.add(new Change(i, finding));
      }
    }
    return new VectorDelta(Side.of(fromList, from), Side.of(toList, to), changes);
  }

  /** Reads a delta; the inverse of {@link #bytes}. */
  public static VectorDelta parse(byte[] bytes) throws MalformedInputException {
    Encoded in = new Encoded(bytes, StateVector.MAX_BYTES, MAGIC);
    Side from = Side.read(in);
    Side to = Side.read(in);
    int count = in.count(CanonicalList.MAX_ENTRIES, 1, "changes");
    int[] indexes = new int[count];
    State[] states = new State[count];
    int next = 0;
    for (int i = 0; i < count; i++) {
      int most = (CanonicalList.MAX_ENTRIES - next) * State.COUNT - 1;
      int number = in.number(most, "a distance and a state");
      indexes[i] = next + number / State.COUNT;
      states[i] = State.ofCode(number % State.COUNT);
      next = indexes[i] + 1;
    }
    List<Change> changes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Optional<Sha256> own = states[i].differs() ? Optional.of(in.digest()) : Optional.empty();
      changes.add(new Change(indexes[i], new Finding(states[i], own)));
    }
    in.end();
    return new VectorDelta(from, to, changes);
  }

  /** The one encoding of this delta. */
  public byte[] bytes() {
    Encoding out = new Encoding(MAGIC);
    from.write(out);
    to.write(out);
    out.number(changes.size());
    int next = 0;
    for (Change change : changes) {
      out.number((change.index - next) * State.COUNT + change.finding.state().code());
      next = change.index + 1;
    }
    changes.forEach(change -> change.finding.own().ifPresent(out::digest));
    return out.toByteArray();
  }

  /**
   * The vector with the digest {@link #to}, about the list {@code toList}.
   *
   * @throws MalformedInputException if this is no delta between these, or leads to another vector
   *     than it says
   */
  public StateVector apply(CanonicalList fromList, StateVector vector, CanonicalList toList)
      throws MalformedInputException {
    Side found = Side.of(fromList, vector);
    if (!found.equals(from) || !toList.digest().equals(to.list)) {
      throw new MalformedInputException(
          "vector delta: expected "
              + from
              + " and the list "
              + to.list
              + ", found "
              + found
              + " and "
              + toList.digest());
    }
    if (vector.size() != fromList.size()) {
      throw new MalformedInputException(
          "vector delta: expected a vector of "
              + fromList.size()
              + " entries, found "
              + vector.size());
    }
    StateVector carried = vector.carriedOver(fromList, toList);
    List<Finding> findings = new ArrayList<>(carried.size());
    for (int i = 0; i < carried.size(); i++) {
      findings.add(carried.finding(i));
    }
    for (Change change : changes) {
      if (change.index >= findings.size()
          || findings.set(change.index, change.finding).equals(change.finding)) {
        throw new MalformedInputException(
            "vector delta: expected changes of "
                + findings.size()
                + " entries, found none at "
                + change.index);
      }
    }
    StateVector result = StateVector.of(findings);
    if (!result.digest().equals(to.vector)) {
      throw new MalformedInputException(
          "vector delta: expected it to make the vector "
              + to.vector
              + ", found "
              + result.digest());
    }
    return result;
  }

  /** The digest of the vector that this applies to. */
  public Sha256 from() {
    return from.vector;
  }

  /** The digest of the vector that this makes. */
  public Sha256 to() {
    return to.vector;
  }

  @Override
  public String toString() {
    return changes.size() + " changes, " + from.vector + " to " + to.vector;
  }
}
