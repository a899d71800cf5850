package org.whonix2.core.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/**
 * A rebuilder's findings about every entry of a list, in the list's order. It says nothing without
 * that list: {@link Snapshot} joins the two.
 */
public final class StateVector {
  static final String MAGIC = "whonix2-vector/v1";

  /** Each entry at its largest: a run of its own and a digest. */
  static final int MAX_BYTES = 64 + CanonicalList.MAX_ENTRIES * (1 + Sha256.LENGTH);

  private final byte[] states;

  /** Of the entries that differ, in their order. */
  private final List<Sha256> own;

  /** For each 64 entries how many before them differ, so that a digest is found without a scan. */
  private final int[] differingBefore;

  private final Sha256 digest;

  private StateVector(byte[] states, List<Sha256> own) {
    this.states = states;
    this.own = List.copyOf(own);
    this.differingBefore = new int[states.length / 64 + 1];
    int differing = 0;
    for (int i = 0; i < states.length; i++) {
      if (i % 64 == 0) {
        differingBefore[i / 64] = differing;
      }
      differing += differs(i) ? 1 : 0;
    }
    if (differing != own.size()) {
      throw new IllegalStateException("a digest for each entry that differs");
    }
    this.digest = Sha256.of(bytes());
  }

  /**
   * These findings, in the order of the list that they are about.
   *
   * @throws IllegalArgumentException if there are more than a list may have
   */
  public static StateVector of(List<Finding> findings) {
    if (findings.size() > CanonicalList.MAX_ENTRIES) {
      throw new IllegalArgumentException(
          "expected at most " + CanonicalList.MAX_ENTRIES + " findings");
    }
    byte[] states = new byte[findings.size()];
    List<Sha256> own = new ArrayList<>();
    for (int i = 0; i < states.length; i++) {
      Finding finding = findings.get(i);
      states[i] = finding.state().code();
      finding.own().ifPresent(own::add);
    }
    return new StateVector(states, own);
  }

  /** A vector for so many entries of which none has been tried. */
  public static StateVector untried(int entries) {
    if (entries < 0 || entries > CanonicalList.MAX_ENTRIES) {
      throw new IllegalArgumentException("expected a number of entries, found " + entries);
    }
    return new StateVector(new byte[entries], List.of());
  }

  /** Reads a vector; the inverse of {@link #bytes}. Every vector has one encoding. */
  public static StateVector parse(byte[] bytes) throws MalformedInputException {
    Encoded in = new Encoded(bytes, MAX_BYTES, MAGIC);
    byte[] states = new byte[in.number(CanonicalList.MAX_ENTRIES, "entries")];
    int differing = 0;
    int last = -1;
    for (int at = 0; at < states.length; ) {
      int run = in.number(states.length * State.COUNT + State.COUNT, "a run");
      int code = run % State.COUNT;
      int length = run / State.COUNT + 1;
      if (code == last || length > states.length - at) {
        throw in.malformed("expected a run of another state, no longer than the vector");
      }
      Arrays.fill(states, at, at + length, (byte) code);
      differing += State.ofCode(code).differs() ? length : 0;
      last = code;
      at += length;
    }
    List<Sha256> own = new ArrayList<>();
    for (int i = 0; i < differing; i++) {
      own.add(in.digest());
    }
    in.end();
    return new StateVector(states, own);
  }

  /** The one encoding of this vector: what {@link #digest} is of. */
  public byte[] bytes() {
    Encoding out = new Encoding(MAGIC);
    out.number(states.length);
    for (int at = 0; at < states.length; ) {
      int end = at + 1;
      while (end < states.length && states[end] == states[at]) {
        end++;
      }
      out.number((end - at - 1) * State.COUNT + states[at]);
      at = end;
    }
    own.forEach(out::digest);
    return out.toByteArray();
  }

  /** SHA-256 of {@link #bytes}. */
  public Sha256 digest() {
    return digest;
  }

  public int size() {
    return states.length;
  }

  /** The state of the list's entry at this index. */
  public State state(int index) {
    return State.ofCode(states[index]);
  }

  /** The state of the list's entry at this index, and the rebuilder's own digest if it differs. */
  public Finding finding(int index) {
    State state = state(index);
    if (!state.differs()) {
      return new Finding(state, Optional.empty());
    }
    int ordinal = differingBefore[index / 64];
    for (int i = index / 64 * 64; i < index; i++) {
      ordinal += differs(i) ? 1 : 0;
    }
    return new Finding(state, Optional.of(own.get(ordinal)));
  }

  private boolean differs(int index) {
    return state(index).differs();
  }

  /** How many entries are in this state. */
  public int count(State state) {
    int count = 0;
    for (byte code : states) {
      count += code == state.code() ? 1 : 0;
    }
    return count;
  }

  /**
   * What is left of these findings when the list changes: an entry that stands in both lists, with
   * its name, version, architecture and SHA-256, keeps its finding; one that is new is untried.
   *
   * @throws IllegalArgumentException if this vector has not as many entries as the old list
   */
  public StateVector carriedOver(CanonicalList from, CanonicalList to) {
    if (from.size() != states.length) {
      throw new IllegalArgumentException(
          "expected a vector of " + from.size() + " entries, found " + states.length);
    }
    List<Finding> findings = new ArrayList<>(to.size());
    int old = 0;
    for (ListEntry entry : to.entries()) {
      while (old < from.size() && from.entries().get(old).compareTo(entry) < 0) {
        old++;
      }
      boolean kept = old < from.size() && from.entries().get(old).equals(entry);
      findings.add(kept ? finding(old) : Finding.UNTRIED);
    }
    return of(findings);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StateVector that && digest.equals(that.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return "vector of " + states.length + " findings, " + digest;
  }
}
