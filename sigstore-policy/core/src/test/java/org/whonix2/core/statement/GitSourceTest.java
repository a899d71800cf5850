package org.whonix2.core.statement;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/** Rebuilds of sources in Git, and of what a .buildinfo recorded. */
class GitSourceTest {
  private static final String COMMIT = "2f7c1f7c8f2d6ad4d5e8f3c5e2e0a8b35a0f7c11";

  private static String text(String example) throws IOException {
    try (InputStream in =
        GitSourceTest.class.getResourceAsStream("/examples/" + example + ".json")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
    }
  }

  private static RebuildStatement read(String json) throws MalformedInputException {
    return (RebuildStatement) Statement.parse(Statement.PAYLOAD_TYPE, json.getBytes(UTF_8));
  }

  @Test
  void whatAStatementSaysOfASourceInGitIsRead() throws Exception {
    for (String example : List.of("provenance-git", "test-result-git")) {
      Rebuild rebuild = read(text(example)).rebuild();
      GitSource source = (GitSource) rebuild.source();
      assertThat(source.name()).hasToString("hello");
      assertThat(source.version()).hasToString("1:2.10-3~bpo");
      assertThat(source.url()).hasToString("https://salsa.debian.org/example/hello.git");
      assertThat(source.tag()).hasToString("debian/1%2.10-3_bpo");
      assertThat(source.commit()).hasToString(COMMIT);
      assertThat(source.tree()).hasToString("4b825dc642cb6eb9a060e54bf8d69288fbee4904");
      assertThat(rebuild.rebuildId().source()).isEqualTo(source.archive());
      GitSubmodule submodule = source.submodules().get(0);
      assertThat(submodule.path()).isEqualTo("lib/common");
      assertThat(submodule.url()).hasToString("https://salsa.debian.org/example/common.git");
      assertThat(submodule.commit()).hasToString("9e107d9d372bb6826bd81d3542a419d6e2e0a8b3");
      assertThat(rebuild.recordedBuildinfo()).isEmpty();
    }
  }

  @Test
  void theBuildinfoThatWasFollowedStandsInBothKindsOfStatement() throws Exception {
    RebuildAttestation attestation = (RebuildAttestation) read(text("provenance-recorded"));
    Optional<Sha256> recorded = attestation.rebuild().recordedBuildinfo();
    assertThat(recorded).isPresent().isNotEqualTo(Optional.of(attestation.buildinfo()));
    RebuildFailure failure = new RebuildFailure(attestation.rebuild(), "build-failed");
    String json = new String(failure.toJson(), UTF_8);
    assertThat(json).contains("\"name\":\"recorded.buildinfo\"");
    assertThat(read(json)).isEqualTo(failure);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Only the first one of what stands twice is changed.
        "\"gitCommit\":\"2f | \"gitCommit\":\"3f | resolvedDependencies/0/digest",
        "\"gitTree\":\"4b | \"gitTree\":\"5b | resolvedDependencies/0/digest",
        "\"sha256\":\"5feceb | \"sha256\":\"6feceb | resolvedDependencies/0/digest",
        "\"gitCommit\":\"2f7c | \"gitCommit\":\"2F7C | 40 lower-case hexadecimal digits",
        // As long as SHA-256 has them.
        "a0f7c11\" | a0f7c112f7c1f7c8f2d6ad4d5e8f3c5\" | 40 lower-case hexadecimal digits",
        "git+https://salsa | git+ssh://salsa | expected a URL",
        "git+https://salsa | git+https://me:secret@salsa | expected a URL",
        "hello.git@refs | hello.git?a=b@refs | expected a URL",
        "hello.git@refs | hello.git#sub@refs | expected a URL",
        "/example/hello | /example/../hello | expected a URL",
        "/example/hello | /example//hello | expected a URL",
        "debian/1%25 | debian/1% | %25",
        "debian/1%25 | debian/../1%25 | expected a tag",
        "@refs/tags/debian | @refs/heads/debian | git+URL@refs/tags/TAG",
        "hello@1%3A2.10-3~bpo?arch=source | hello@1%3A2.10-3~bpo?arch=amd64 | source/package",
        "hello_2.10-3~bpo.git.tar | hello_2.10-3~bpo.dsc | resolvedDependencies/0/name",
        "lib/common | ../common | expected a path",
        "lib/common | lib/.GIT/hooks | expected a path",
        "lib/common | /lib | expected a path",
        "common.git@9e10 | common.git@8e10 | resolvedDependencies/1/uri",
        "common.git@9e10 | common.git@ref@9e10 | expected a URL",
        "\"name\":\"lib/common\" | \"name\":\"lib/common\",\"x\":1 | resolvedDependencies/1/'x'",
      })
  void aDefectIsRefusedAndNamed(String from, String to, String named) throws Exception {
    String json = text("provenance-git");
    int at = json.indexOf(from);
    assertThat(at).isPositive();
    String changed = json.substring(0, at) + to + json.substring(at + from.length());
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> read(changed))
        .withMessageContaining(named);
  }

  @Test
  void aSourcePackageHasNoSubmodules() throws Exception {
    String git = text("provenance-git");
    String submodule =
        git.substring(
            git.indexOf("{\"name\":\"lib/common\""),
            git.indexOf("{\"name\":\"hello_2.10-3~bpo_amd64.buildinfo"));
    String deb = text("provenance");
    int at = deb.indexOf("{\"name\":\"net-tools_2.10-0.1+deb12u2_amd64.buildinfo");
    String changed = deb.substring(0, at) + submodule + deb.substring(at);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> read(changed))
        .withMessageContaining("recorded.buildinfo");
  }

  @Test
  void submodulesStandInOneOrderAndOnceAndAreNotTooMany() throws Exception {
    GitSource source = (GitSource) read(text("provenance-git")).rebuild().source();
    GitSubmodule b = source.submodules().get(0);
    GitSubmodule a = new GitSubmodule("lib/a", b.url(), b.commit(), b.tree());
    assertThat(source.with(List.of(a, b)).submodules()).containsExactly(a, b);
    assertThatIllegalArgumentException().isThrownBy(() -> source.with(List.of(b, a)));
    assertThatIllegalArgumentException().isThrownBy(() -> source.with(List.of(a, a)));
    List<GitSubmodule> many = new ArrayList<>();
    for (int i = 0; i <= GitSource.MOST_SUBMODULES; i++) {
      many.add(new GitSubmodule("m%03d".formatted(i), b.url(), b.commit(), b.tree()));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> source.with(many))
        .withMessageContaining("at most 50 submodules");
    source.with(many.subList(1, many.size()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.org/a.git",
        "http://example.org:8080/a",
        "git://[2001:db8::1]/a/b",
        "file:///srv/git/a.git",
        "https://example.org/~me/a%20b"
      })
  void aUrlOfTheseFormsIsRead(String text) throws Exception {
    assertThat(GitUrl.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https://example.org",
        "https://example.org/",
        "https://example.org/a/",
        "https://u@example.org/a",
        "https://example.org/a?b",
        "https://example.org/a#b",
        "https://example.org/%0a",
        "https://example.org/a b",
        "https://example.org/./a",
        "https://-u/a",
        "HTTPS://example.org/a",
        "ssh://example.org/a",
        "example.org:a",
        "/srv/git/a",
        "file://host/srv/a",
        "ext::sh -c touch% /x",
        "https://example.org/\u00e4"
      })
  void anyOtherIsRefused(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> GitUrl.parse(text))
        .withMessageContaining("expected a URL");
  }

  /** One such entry in a log must not end the verdicts of those who read it. */
  @Test
  void theLongestTextsNeedLittleStack() throws Exception {
    List<Executable> longest =
        List.of(
            () -> GitUrl.parse("file://" + "/a".repeat(996)),
            () -> GitUrl.parse("https://example.org/" + "%41".repeat(660)),
            () -> GitUrl.parse("https://example.org/" + "a%41".repeat(495)),
            () -> GitSubmodule.checkedPath("a" + "/a".repeat(499)),
            () -> GitTag.parse("a" + "/a".repeat(99)));
    for (Executable each : longest) {
      Throwable[] thrown = new Throwable[1];
      Thread little =
          new Thread(
              null,
              () -> {
                try {
                  each.execute();
                } catch (Throwable e) {
                  thrown[0] = e;
                }
              },
              "little",
              180 << 10);
      little.start();
      little.join();
      assertThat(thrown[0]).isNull();
    }
  }

  @Test
  void aUrlIsNotTooLong() throws Exception {
    String longest = "https://example.org/" + "a".repeat(1980);
    assertThat(GitUrl.parse(longest)).hasToString(longest);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> GitUrl.parse(longest + "a"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-v",
        "/v",
        "v/",
        "a//b",
        "a..b",
        "a.",
        "a.lock",
        "a.lock/b",
        ".a",
        "a/.b",
        "a@{1}",
        "a b",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a*",
        "a[",
        "a\\b",
        "a\u0000"
      })
  void whatIsNoTagIsRefused(String text) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> GitTag.parse(text))
        .withMessageContaining("expected a tag");
  }
}
