package org.whonix2.core.log;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How many operators must have witnessed a checkpoint, and whose witnesses count. */
public record WitnessQuorum(int threshold, List<Witness> witnesses) {
  private static final int MAX_WITNESSES = 32;

  /**
   * @throws IllegalArgumentException if the threshold is below 1 or above the number of operators,
   *     or if a name or a key occurs twice
   */
  public WitnessQuorum {
    witnesses = List.copyOf(witnesses);
    Set<String> operators = new LinkedHashSet<>();
    Set<String> names = new HashSet<>();
    witnesses.forEach(witness -> operators.add(witness.operator()));
    if (threshold < 1 || threshold > operators.size()) {
      throw new IllegalArgumentException(
          "expected a witness threshold from 1 to the number of operators, "
              + operators.size()
              + ", found "
              + threshold);
    }
    if (witnesses.size() > MAX_WITNESSES) {
      throw new IllegalArgumentException(
          "expected at most " + MAX_WITNESSES + " witnesses, found " + witnesses.size());
    }
    for (int i = 0; i < witnesses.size(); i++) {
      Witness witness = witnesses.get(i);
      if (!names.add(witness.name())) {
        throw new IllegalArgumentException("witness " + witness.name() + " is listed twice");
      }
      for (Witness earlier : witnesses.subList(0, i)) {
        if (earlier.key().samePublicKey(witness.key())) {
          throw new IllegalArgumentException(
              "witnesses " + earlier.name() + " and " + witness.name() + " have one key");
        }
      }
    }
  }

  /**
   * Counts the cosignatures. Those dated after {@code now} do not count: a witness whose clock is
   * ahead, or who lies about it, must not make an old checkpoint look fresh for ever.
   */
  public QuorumResult judge(SignedCheckpoint checkpoint, Instant now) {
    Tally tally = tally(checkpoint.note(), now);
    return tally
        .wronged()
        .<QuorumResult>map(QuorumResult.BadCosignature::new)
        .orElseGet(() -> count(tally));
  }

  /**
   * A time that has passed if those who cosigned this accepted note are right: the threshold-th
   * newest, whatever the clock says now. Empty if the note has too few of them.
   */
  Optional<Instant> floor(SignedNote accepted) {
    return count(tally(accepted, Instant.MAX)) instanceof QuorumResult.Met met
        ? Optional.of(met.time())
        : Optional.empty();
  }

  private QuorumResult count(Tally tally) {
    Map<String, QuorumResult.Counted> byOperator = new LinkedHashMap<>();
    tally
        .newest()
        .forEach(
            (witness, cosignature) ->
                byOperator.merge(
                    witness.operator(),
                    new QuorumResult.Counted(witness, cosignature.time()),
                    (one, other) -> one.time().isBefore(other.time()) ? other : one));
    List<QuorumResult.Counted> counted =
        byOperator.values().stream()
            .sorted(Comparator.comparing(QuorumResult.Counted::time).reversed())
            .toList();
    return counted.size() < threshold
        ? new QuorumResult.NotMet(threshold, counted, tally.future())
        : new QuorumResult.Met(counted.get(threshold - 1).time(), counted);
  }

  /**
   * The newest cosignatures of a witness each, and what speaks against them.
   *
   * @param wronged a witness whose name and key id stand on a line that its key did not make
   * @param future how many good cosignatures were left out because they are dated after now
   */
  record Tally(Map<Witness, Cosignature> newest, Optional<Witness> wronged, int future) {}

  Tally tally(SignedNote note, Instant now) {
    Map<Witness, Cosignature> newest = new LinkedHashMap<>();
    int future = 0;
    for (NoteSignature line : note.signatures()) {
      for (Witness witness : witnesses) {
        if (!witness.key().isNamedBy(line)) {
          continue;
        }
        Optional<Cosignature> verified = Cosignature.verify(witness.key(), note.text(), line);
        if (verified.isEmpty()) {
          return new Tally(Map.of(), Optional.of(witness), future);
        }
        if (verified.get().time().isAfter(now)) {
          future++;
        } else {
          newest.merge(witness, verified.get(), Cosignature::newer);
        }
      }
    }
    return new Tally(newest, Optional.empty(), future);
  }
}
