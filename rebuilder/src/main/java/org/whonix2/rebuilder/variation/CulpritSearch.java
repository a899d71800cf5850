package org.whonix2.rebuilder.variation;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.whonix2.core.MalformedInputException;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;

/** Chooses builds until it is known which variations change the bits; see the package comment. */
public final class CulpritSearch {
  private static final int FOUND_BY_HALVING = 2;

  private final Builds builds;
  private final List<Findings.Step> steps = new ArrayList<>();
  private final Set<Variation> culprits = EnumSet.noneOf(Variation.class);
  private final List<Set<Variation>> together = new ArrayList<>();
  private List<String> changed = List.of();
  private Outcome reference;

  /** Does one build. */
  public interface Builds {
    /**
     * Builds so.
     *
     * @throws CommandException if this machine cannot vary that
     */
    Outcome build(Trial trial) throws IOException, CommandException, MalformedInputException;
  }

  /**
   * A search.
   *
   * @param first what came of the build with nothing varied
   */
  public CulpritSearch(Outcome first, Builds builds) {
    this.reference = first;
    this.builds = builds;
  }

  /**
   * Builds at least once. Where a build cannot be done the search ends with what it knows.
   *
   * @throws InterruptedIOException if we were told to stop
   */
  public Findings run() throws InterruptedIOException {
    boolean stable = true;
    Optional<String> trouble = Optional.empty();
    try {
      stable = find();
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException | CommandException | MalformedInputException e) {
      trouble = Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
    }
    return new Findings(List.copyOf(culprits), together, !stable, trouble, changed, steps);
  }

  /** Whether the bits stay the same where nothing is varied; otherwise nothing can be found. */
  private boolean find() throws IOException, CommandException, MalformedInputException {
    Trial everything = Trial.everything();
    Outcome varied = builds.build(everything);
    if (note(everything, varied)) {
      return true;
    }
    changed = changed(reference, varied);
    Set<Variation> suspects = EnumSet.allOf(Variation.class);
    Trial again = new Trial(Set.of(), true);
    Outcome setBack = builds.build(again);
    if (setBack instanceof Outcome.Failed failed) {
      // Whatever is varied now would seem to change nothing, or everything.
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED, "a build fails when its clock is set back: " + failed.reason());
    }
    boolean knownToChange = note(again, setBack);
    if (!knownToChange) {
      reference = setBack;
      if (!note(again, builds.build(again))) {
        return false;
      }
      culprits.add(Variation.TIME);
      suspects.remove(Variation.TIME);
    }
    search(new ArrayList<>(suspects), knownToChange);
    return true;
  }

  private void search(List<Variation> unknown, boolean knownToChange)
      throws IOException, CommandException, MalformedInputException {
    boolean change = knownToChange;
    for (int found = 0; !unknown.isEmpty() && (change || changes(unknown)); found++) {
      change = false;
      if (found == FOUND_BY_HALVING) {
        oneByOne(unknown);
        return;
      }
      halve(unknown);
    }
  }

  /** Takes one culprit, and whatever is cleared on the way, out of a set that changes the bits. */
  private void halve(List<Variation> unknown)
      throws IOException, CommandException, MalformedInputException {
    List<Variation> candidates = List.copyOf(unknown);
    List<Variation> smallest = candidates;
    boolean built = true;
    while (candidates.size() > 1) {
      int middle = candidates.size() / 2;
      List<Variation> half = candidates.subList(0, middle);
      built = changes(half);
      if (built) {
        candidates = half;
        smallest = half;
      } else {
        unknown.removeAll(half);
        candidates = candidates.subList(middle, candidates.size());
      }
    }
    unknown.removeAll(candidates);
    if (built || changes(candidates)) {
      culprits.addAll(candidates);
    } else {
      unknown.removeAll(smallest);
      together.add(new TreeSet<>(smallest));
    }
  }

  private void oneByOne(List<Variation> unknown)
      throws IOException, CommandException, MalformedInputException {
    boolean found = false;
    for (Variation each : unknown) {
      if (changes(List.of(each))) {
        culprits.add(each);
        found = true;
      }
    }
    if (!found) {
      together.add(new TreeSet<>(unknown));
    }
  }

  private boolean changes(Collection<Variation> varied)
      throws IOException, CommandException, MalformedInputException {
    Trial trial = new Trial(EnumSet.copyOf(varied), true);
    return !note(trial, builds.build(trial));
  }

  private boolean note(Trial trial, Outcome outcome) {
    boolean same = outcome.equals(reference);
    steps.add(new Findings.Step(trial, outcome, same));
    return same;
  }

  private static List<String> changed(Outcome first, Outcome other) {
    if (!(first instanceof Outcome.Bits a) || !(other instanceof Outcome.Bits b)) {
      return List.of();
    }
    Set<String> names = new TreeSet<>(a.artifacts().keySet());
    names.addAll(b.artifacts().keySet());
    names.removeIf(
        name ->
            Optional.ofNullable(a.artifacts().get(name))
                .equals(Optional.ofNullable(b.artifacts().get(name))));
    return List.copyOf(names);
  }
}
