package org.whonix2.rebuilder.variation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.whonix2.core.digest.Sha256;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;

/** The search against sources that are known to change with certain variations. */
class CulpritSearchTest {
  private static final Sha256 SOME = Sha256.of(new byte[] {1});
  private static final int ALL = Variation.values().length;

  /** A source whose bits are a function of what is varied; counts its builds. */
  private static final class Source implements CulpritSearch.Builds {
    private final Predicate<Set<Variation>> changes;
    private boolean takesTheSecond;
    private boolean takesChance;
    private int builds;

    Source(Predicate<Set<Variation>> changes) {
      this.changes = changes;
    }

    static Source changingWith(Set<Variation> culprits) {
      return new Source(varied -> varied.stream().anyMatch(culprits::contains));
    }

    @Override
    public Outcome build(Trial trial) {
      builds++;
      String bits = changes.test(trial.varied()) ? "varied " + trial.varied() : "usual";
      bits += takesTheSecond && !trial.clockSetBack() ? " built as number " + builds : "";
      bits += takesChance ? " by chance " + builds : "";
      return new Outcome.Bits(
          Map.of("same_1_all.deb", digest("same"), "tiny_1_all.deb", digest(bits)));
    }

    Findings search() throws Exception {
      return new CulpritSearch(build(new Trial(Set.of(), false)), this).run();
    }

    private static Sha256 digest(String text) {
      return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void aDeterministicSourceCostsTwoBuilds() throws Exception {
    Source source = Source.changingWith(Set.of());
    Findings findings = source.search();
    assertThat(findings.deterministic()).isTrue();
    assertThat(findings.changed()).isEmpty();
    assertThat(source.builds).isEqualTo(2);
    assertThat(findings.steps()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Variation.class)
  void oneCulpritIsNamedAndWasVariedAlone(Variation culprit) throws Exception {
    Source source = Source.changingWith(Set.of(culprit));
    Findings findings = source.search();
    assertThat(findings.culprits()).containsExactly(culprit);
    assertThat(findings.together()).isEmpty();
    assertThat(findings.changed()).containsExactly("tiny_1_all.deb");
    assertThat(findings.steps())
        .anyMatch(step -> step.trial().varied().equals(Set.of(culprit)) && !step.same());
    assertThat(source.builds).isBetween(6, 9);
  }

  /** All sets of culprits, with the most builds that a set of that size costs. */
  @Test
  void everySetOfCulpritsIsNamedWhole() throws Exception {
    int[] most = new int[ALL + 1];
    List<Variation> all = List.of(Variation.values());
    for (int bits = 1; bits < 1 << ALL; bits++) {
      Set<Variation> culprits = EnumSet.noneOf(Variation.class);
      for (int i = 0; i < ALL; i++) {
        if ((bits >> i & 1) == 1) {
          culprits.add(all.get(i));
        }
      }
      Source source = Source.changingWith(culprits);
      Findings findings = source.search();
      assertThat(findings.culprits()).containsExactlyElementsOf(culprits);
      assertThat(findings.together()).isEmpty();
      most[culprits.size()] = Math.max(most[culprits.size()], source.builds);
    }
    assertThat(most[1]).isEqualTo(9);
    assertThat(most[2]).isEqualTo(13);
    assertThat(most[ALL]).isLessThanOrEqualTo(19);
  }

  /** No pair of variations hides that both are needed, wherever the halves are cut. */
  @Test
  void variationsThatOnlyActTogetherAreNamedTogether() throws Exception {
    for (Variation a : Variation.values()) {
      for (Variation b : Variation.values()) {
        if (a != b) {
          Set<Variation> pair = EnumSet.of(a, b);
          Findings findings = new Source(varied -> varied.containsAll(pair)).search();
          assertThat(findings.deterministic()).isFalse();
          assertThat(findings.culprits()).as("none does alone").isEmpty();
          assertThat(findings.together()).anyMatch(set -> set.containsAll(pair));
        }
      }
    }
  }

  @Test
  void aSourceThatTakesInTheSecondChangesWithTime() throws Exception {
    Source source = Source.changingWith(EnumSet.of(Variation.TIME));
    source.takesTheSecond = true;
    assertThat(source.search().culprits()).containsExactly(Variation.TIME);
    Source other = Source.changingWith(EnumSet.of(Variation.TIME, Variation.HOST));
    other.takesTheSecond = true;
    assertThat(other.search().culprits()).containsExactly(Variation.TIME, Variation.HOST);
  }

  @Test
  void chanceIsNotBlamedOnAnything() throws Exception {
    Source source = Source.changingWith(Set.of());
    source.takesChance = true;
    Findings findings = source.search();
    assertThat(findings.unstable()).isTrue();
    assertThat(findings.culprits()).isEmpty();
    assertThat(findings.deterministic()).isFalse();
    assertThat(source.builds).isEqualTo(4);
    assertThat(findings.summary()).contains("other bits every time");
  }

  @Test
  void aBuildThatFailsIsAChange() throws Exception {
    CulpritSearch.Builds builds =
        trial ->
            trial.varied().contains(Variation.PERSONALITY)
                ? new Outcome.Failed("exit code 2")
                : new Outcome.Bits(Map.of());
    Findings findings = new CulpritSearch(new Outcome.Bits(Map.of()), builds).run();
    assertThat(findings.culprits()).containsExactly(Variation.PERSONALITY);
    assertThat(findings.changed()).isEmpty();
  }

  @Test
  void whatCannotBeVariedEndsTheSearchAndSaysSo() throws Exception {
    CulpritSearch.Builds builds =
        trial -> {
          if (trial.varied().size() == 5) {
            throw new CommandException(ExitCode.OUTSIDE_FAILED, "no disorderfs");
          }
          return new Outcome.Bits(trial.varied().isEmpty() ? Map.of() : Map.of("a", SOME));
        };
    Findings findings = new CulpritSearch(new Outcome.Bits(Map.of()), builds).run();
    assertThat(findings.trouble()).contains("no disorderfs");
    assertThat(findings.deterministic()).isFalse();
    assertThat(findings.summary()).isEqualTo("not known: no disorderfs");
    assertThat(findings.steps()).hasSize(2);
  }

  /** Two failures are alike, and alike to whatever fails after them. */
  @Test
  void whereTheClockCannotBeSetBackNobodyIsBlamed() throws Exception {
    CulpritSearch.Builds builds = trial -> new Outcome.Failed("exit code 1");
    Findings findings = new CulpritSearch(new Outcome.Bits(Map.of()), builds).run();
    assertThat(findings.culprits()).isEmpty();
    assertThat(findings.trouble())
        .contains("a build fails when its clock is set back: exit code 1");
  }

  @Test
  void aWishToStopIsNoFinding() {
    CulpritSearch.Builds builds =
        trial -> {
          throw new InterruptedIOException("interrupted");
        };
    assertThatExceptionOfType(InterruptedIOException.class)
        .isThrownBy(() -> new CulpritSearch(new Outcome.Bits(Map.of()), builds).run());
  }

  @Test
  void aPackageThatIsMissingOrMoreIsChanged() throws Exception {
    Outcome.Bits first = new Outcome.Bits(Map.of("a.deb", Source.digest("a")));
    Outcome.Bits other = new Outcome.Bits(Map.of("b.deb", Source.digest("a")));
    Findings findings =
        new CulpritSearch(first, trial -> trial.varied().isEmpty() ? first : other).run();
    assertThat(findings.changed()).containsExactly("a.deb", "b.deb");
  }

  @Test
  void summariesNameEveryCulprit() {
    List<String> said = new ArrayList<>();
    Set<Variation> pair = new TreeSet<>(Set.of(Variation.USER, Variation.TIME));
    for (Findings findings :
        List.of(
            new Findings(List.of(), List.of(), false, Optional.empty(), List.of(), List.of()),
            new Findings(
                List.of(Variation.FILE_ORDER),
                List.of(),
                false,
                Optional.empty(),
                List.of(),
                List.of()),
            new Findings(
                List.of(Variation.ZONE, Variation.PATH),
                List.of(pair),
                false,
                Optional.empty(),
                List.of(),
                List.of()),
            new Findings(
                List.of(), List.of(pair), false, Optional.empty(), List.of(), List.of()))) {
      said.add(findings.summary());
    }
    assertThat(said)
        .containsExactly(
            "deterministic: the same bits with everything varied",
            "not deterministic: other bits with another file-order",
            "not deterministic: other bits with another zone, with another path; and with time and"
                + " user together",
            "not deterministic: other bits with another time and user together");
  }

  @Test
  void trialsAreNamedForPeople() {
    assertThat(Trial.everything()).hasToString("everything");
    assertThat(new Trial(Set.of(), true)).hasToString("nothing");
    assertThat(new Trial(Set.of(Variation.PATH, Variation.TIME), true)).hasToString("time, path");
  }
}
