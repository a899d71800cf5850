package org.whonix2.rebuilder.git;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.statement.GitUrl;
import org.whonix2.io.cli.CommandException;

class GitRepositoryTest {
  /** A server would see who we are. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTPS_PROXY",
        "HTTP_PROXY",
        "All_Proxy"
      })
  void noProxyIsPassedBy(String variable) throws Exception {
    Set<String> variables = Set.of(variable, "no_proxy");
    GitUrl server = new GitUrl("https://example.org/a");
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> GitRepository.requireNoProxy(server, variables))
        .withMessageContaining("the environment has " + variable);
    GitRepository.requireNoProxy(server, Set.of("no_proxy"));
    GitRepository.requireNoProxy(new GitUrl("file:///srv/a"), variables);
  }
}
