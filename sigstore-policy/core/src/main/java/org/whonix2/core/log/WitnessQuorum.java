package org.whonix2.core.log;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.whonix2.core.quorum.Group;

/**
 * Which operators must have witnessed a checkpoint, and whose witnesses count.
 *
 * @param operators who must have; each runs a witness
 * @param witnesses all of them; of several witnesses of one operator the newest word counts
 */
public record WitnessQuorum(Group operators, List<Witness> witnesses) {
  private static final int MAX_WITNESSES = 32;

  /** So many of the witnesses' operators. */
  public WitnessQuorum(int threshold, List<Witness> witnesses) {
    this(Group.of(threshold, operatorsOf(witnesses)), witnesses);
  }

  /**
   * @throws IllegalArgumentException if the operators are not those of the witnesses, or if a name
   *     or a key occurs twice
   */
  public WitnessQuorum {
    witnesses = List.copyOf(witnesses);
    if (!operators.members().equals(operatorsOf(witnesses))) {
      throw new IllegalArgumentException(
          "expected the witnesses' operators "
              + operatorsOf(witnesses)
              + ", found "
              + operators.members());
    }
    if (witnesses.size() > MAX_WITNESSES) {
      throw new IllegalArgumentException(
          "expected at most " + MAX_WITNESSES + " witnesses, found " + witnesses.size());
    }
    Set<String> names = new HashSet<>();
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

  private static Set<String> operatorsOf(List<Witness> witnesses) {
    Set<String> operators = new LinkedHashSet<>();
    witnesses.forEach(witness -> operators.add(witness.operator()));
    return operators;
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
   * A time that has passed if those who cosigned this accepted note are right, whatever the clock
   * says now. Empty if the note has too few of them.
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
    Map<String, Instant> times = new HashMap<>();
    counted.forEach(one -> times.put(one.witness().operator(), one.time()));
    Optional<Instant> fresh = operators.highest(times);
    Optional<Instant> by = operators.lowest(times);
    return fresh.isPresent() && by.isPresent()
        ? new QuorumResult.Met(fresh.get(), by.get(), counted)
        : new QuorumResult.NotMet(operators, counted, tally.future());
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
