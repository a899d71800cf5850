package org.whonix2.core.verdict;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** How a log of the policy stands with this box. */
public sealed interface Standing {
  /** The time by which enough witnesses had cosigned it, if they had and it can be believed. */
  default Stream<Instant> witnessedTime() {
    return Stream.empty();
  }

  /**
   * Followed to a checkpoint that is a proven extension of everything seen before.
   *
   * @param size of its tree
   * @param witnessed the newest time by which enough witnesses of distinct operators had cosigned
   *     it, cosignatures from the future left out; empty if there are not enough
   * @param cosignatures who cosigned it, or what is wrong, for people
   */
  record Followed(long size, Optional<Instant> witnessed, String cosignatures) implements Standing {
    @Override
    public Stream<Instant> witnessedTime() {
      return witnessed.stream();
    }
  }

  /** Nothing of it is here. */
  record Absent(String why) implements Standing {}

  /**
   * It went back, or showed two histories.
   *
   * @param proof what it signed, for people to check
   */
  record Misbehaved(String what, String proof) implements Standing {}
}
