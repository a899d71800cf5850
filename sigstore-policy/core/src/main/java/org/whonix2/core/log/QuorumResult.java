package org.whonix2.core.log;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.whonix2.core.quorum.Group;

/** Whether enough operators witnessed a checkpoint. */
public sealed interface QuorumResult {
  /** One line, for people. */
  String explain();

  /** An operator's newest cosignature that is not in the future. */
  record Counted(Witness witness, Instant time) {
    @Override
    public String toString() {
      return witness.name() + " of " + witness.operator() + " at " + time;
    }
  }

  /**
   * Enough.
   *
   * @param time the newest time by which enough operators had cosigned, of k operators the k-th
   *     newest: so fresh the checkpoint is, even if all but one of them lie about later times
   * @param by the oldest such time, of k operators the k-th oldest: by then the tree was there,
   *     even if all but one of them lie about earlier times
   * @param counted one cosignature an operator, newest first
   */
  record Met(Instant time, Instant by, List<Counted> counted) implements QuorumResult {
    public Met {
      counted = List.copyOf(counted);
    }

    @Override
    public String explain() {
      return "witnessed at " + time + " by " + list(counted);
    }
  }

  /** Too few. */
  record NotMet(Group operators, List<Counted> counted, int future) implements QuorumResult {
    public NotMet {
      counted = List.copyOf(counted);
    }

    @Override
    public String explain() {
      return "expected cosignatures by "
          + operators
          + ", found "
          + counted.size()
          + (counted.isEmpty() ? "" : ": " + list(counted))
          + (future == 0 ? "" : "; " + future + " dated in the future do not count");
    }
  }

  /**
   * A line with this witness's name and key id that its key did not make: the note is malformed.
   */
  record BadCosignature(Witness witness) implements QuorumResult {
    @Override
    public String explain() {
      return "the cosignature by witness " + witness.name() + " is bad";
    }
  }

  private static String list(List<Counted> counted) {
    return counted.stream().map(Counted::toString).collect(Collectors.joining(", "));
  }
}
