package org.whonix2.core.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.whonix2.core.statement.RebuildStatement;

/** Sharing changes no statement. */
class SharedTest {
  private static List<RebuildStatement> said() {
    World world = new World();
    world.agreed();
    world.says("alpha-1").got(World.file("other", 3)).fromSource(2).asNumber(2).log();
    world.says("beta-1").got(World.file("net-tools", 9)).onCpu("Intel").inEnvironment(3).log();
    world.says("gamma-1").failed().withStage(4).asNumber(3).log();
    world.says("gamma-1").fromGit().by("clang-14").asNumber(4).log();
    return world.logged.stream().map(LoggedRebuild::statement).toList();
  }

  @Test
  void whatIsSharedIsEqual() {
    Shared shared = new Shared();
    for (RebuildStatement statement : said()) {
      assertThat(shared.of(statement)).isEqualTo(statement);
      assertThat(shared.of(statement).toJson()).isEqualTo(statement.toJson());
    }
  }

  @Test
  void thoseWhoAgreeHaveTheSameObjects() {
    Shared shared = new Shared();
    List<RebuildStatement> all = said().stream().map(shared::of).toList();
    RebuildStatement alpha = all.get(0);
    RebuildStatement beta = said().stream().map(shared::of).toList().get(1);
    assertThat(beta.artifacts().get(0)).isSameAs(alpha.artifacts().get(0));
    assertThat(beta.rebuild().source()).isSameAs(alpha.rebuild().source());
    assertThat(beta.rebuild().platform()).isSameAs(alpha.rebuild().platform());
    assertThat(beta.rebuild().environment()).isSameAs(alpha.rebuild().environment());
  }
}
