package org.whonix2.rebuilder.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.whonix2.core.digest.Sha256;

class RootComparisonTest {
  private static Sha256 bits(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Such as {@code "gcc a x x"}: a root and its stages. */
  private static RootComparison of(String... rows) {
    Map<String, List<Sha256>> stages = new LinkedHashMap<>();
    for (String row : rows) {
      List<String> words = List.of(row.split(" ", -1));
      List<Sha256> digests = new ArrayList<>();
      words.subList(1, words.size()).forEach(word -> digests.add(bits(word)));
      stages.put(words.get(0), digests);
    }
    return new RootComparison(stages);
  }

  @Test
  void rootsAgreeWhoseLastStagesAreTheSameBits() {
    RootComparison same = of("gcc a x x", "clang b x x", "pcc c x x");
    assertThat(same.agrees()).isTrue();
    assertThat(same.majority()).contains(bits("x"));
    assertThat(same.odd()).isEmpty();
  }

  @Test
  void onlyTheLastStageCounts() {
    assertThat(of("gcc x", "clang a x").agrees()).isTrue();
    assertThat(of("gcc a x y", "clang b x x").agrees()).isFalse();
  }

  @Test
  void theOddRootIsNamedThoughItReproducesItself() {
    RootComparison trojan = of("gcc a x x", "clang b x x", "pcc c x x", "tcc t t t");
    assertThat(trojan.agrees()).isFalse();
    assertThat(trojan.odd()).containsExactly("tcc");
    assertThat(trojan.majority()).contains(bits("x"));
  }

  @Test
  void whereNoMoreThanHalfAgreeAllAreOdd() {
    RootComparison two = of("gcc a x", "clang b y");
    assertThat(two.majority()).isEmpty();
    assertThat(two.odd()).containsExactly("gcc", "clang");
    RootComparison halves = of("gcc x", "clang x", "pcc y", "tcc y");
    assertThat(halves.majority()).isEmpty();
    assertThat(halves.odd()).hasSize(4);
  }
}
