package org.whonix2.rebuilder.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.statement.GitSource;
import org.whonix2.core.statement.GitSubmodule;
import org.whonix2.core.statement.GitTag;
import org.whonix2.core.statement.GitUrl;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.MachineSources;
import org.whonix2.rebuilder.git.GitLimits;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;

/** Repositories inside others, which the real git put there. */
@Timeout(300)
class GitSubmodulesTest {
  private static TestKey maintainer;

  private Path folder;
  private LocalGit served;
  private LocalGit.Repository source;
  private LocalGit.Repository inner;
  private LocalGit.Repository innermost;
  private LogFile log;
  private int fetches;

  @BeforeAll
  static void key() throws Exception {
    maintainer = new TestKey("maintainer");
  }

  @AfterAll
  static void noKey() throws Exception {
    maintainer.close();
  }

  /** All addresses are relative, so that the repositories can be served in two ways. */
  @BeforeEach
  void repositories(@TempDir Path temporary) throws Exception {
    folder = temporary;
    log = new LogFile(folder.resolve("log"));
    Files.createDirectories(folder.resolve("etc/sources.list.d"));
    Files.writeString(
        folder.resolve("etc/sources.list.d/x.sources"),
        "Types: deb\nURIs: http://127.0.0.1:1\nSuites: tiny\nComponents: main\nSigned-By: %s\n"
            .formatted(folder.resolve("debian-archive-test.gpg")));
    served = new LocalGit(folder.resolve("served"));
    innermost = served.repository("innermost");
    innermost.write("deep", "deep\n");
    innermost.commit();
    inner = served.repository("group/inner");
    inner.write("file", "inside\n");
    inner.commit();
    add(inner, "../../innermost", "sub/most", innermost);
    source = served.repository("tiny");
    source.write("debian/changelog", "tiny (1) unstable; urgency=low\n");
    source.write("debian/control", "Source: tiny\n");
    source.commit();
    add(source, "../group/inner", "lib/inner", inner);
    source.tag("v1", maintainer);
  }

  @AfterEach
  void stop() throws Exception {
    served.close();
    log.close();
  }

  /** As git submodule add does it, which does not like relative URLs without a remote. */
  private static void add(
      LocalGit.Repository into, String url, String path, LocalGit.Repository what)
      throws Exception {
    into.git("config", "--file", ".gitmodules", "submodule." + path + ".path", path);
    into.git("config", "--file", ".gitmodules", "submodule." + path + ".url", url);
    into.git("add", ".gitmodules");
    link(into, path, what.id("HEAD"));
  }

  private static void link(LocalGit.Repository into, String path, String commit) throws Exception {
    into.git("update-index", "--add", "--cacheinfo", "160000," + commit + "," + path);
    into.git("commit", "--quiet", "--message", "Submodule.");
  }

  private BuildInput fetch(String url, String tag) throws Exception {
    Path job = Files.createDirectories(folder.resolve("job" + ++fetches));
    Programs programs = new Programs(new Cancellation());
    MachineSources machine = MachineSources.read(folder.resolve("etc"));
    Fetching fetching =
        new Fetching(
            AptRoot.create(job.resolve("apt"), machine, "tiny", programs, log),
            Files.createDirectories(job.resolve("source")),
            Files.createDirectories(job.resolve("aside")),
            folder.resolve("kept"),
            TestToolchain.archives(),
            false,
            programs,
            Instant.now(),
            notice -> {});
    Path signers = maintainer.export(folder.resolve("signers.pgp"));
    Input.Git asked = new Input.Git(GitUrl.parse(url), GitTag.parse(tag), Optional.of(signers));
    return new GitInput(fetching, GitLimits.STANDARD).fetch(asked);
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "http"})
  void submodulesStandInTheirPlacesAndInTheStatement(String scheme) throws Exception {
    boolean local = scheme.equals("file");

    BuildInput input = fetch(local ? served.file("tiny") : served.http("tiny"), "v1");

    GitSource git = (GitSource) input.source();
    GitUrl innerUrl = new GitUrl(local ? served.file("group/inner") : served.http("group/inner"));
    GitUrl innermostUrl = new GitUrl(local ? served.file("innermost") : served.http("innermost"));
    assertThat(git.submodules())
        .extracting(
            GitSubmodule::path, GitSubmodule::url, s -> s.commit().hex(), s -> s.tree().hex())
        .containsExactly(
            tuple("lib/inner", innerUrl, inner.id("HEAD"), inner.id("HEAD^{tree}")),
            tuple(
                "lib/inner/sub/most",
                innermostUrl,
                innermost.id("HEAD"),
                innermost.id("HEAD^{tree}")));
    assertThat(
            LocalArchive.run(
                    folder, "tar", "tf", input.folder().resolve("tiny_1.git.tar").toString())
                .lines())
        .containsExactly(
            ".gitmodules",
            "debian/",
            "debian/changelog",
            "debian/control",
            "lib/",
            "lib/inner/",
            "lib/inner/.gitmodules",
            "lib/inner/file",
            "lib/inner/sub/",
            "lib/inner/sub/most/",
            "lib/inner/sub/most/deep");
  }

  /** The commit in the tree decides, and not what its repository has come to since. */
  @ParameterizedTest
  @ValueSource(strings = {"file", "http"})
  void aSubmodulesRepositoryMayHaveGoneOn(String scheme) throws Exception {
    String before = inner.id("HEAD");
    inner.write("file", "changed\n");
    inner.git("commit", "--quiet", "--all", "--message", "More.");
    boolean local = scheme.equals("file");

    BuildInput input = fetch(local ? served.file("tiny") : served.http("tiny"), "v1");

    assertThat(((GitSource) input.source()).submodules().get(0).commit()).hasToString(before);
  }

  @Test
  void aCommitThatItsRepositoryDoesNotHaveIsNamed() throws Exception {
    link(source, "lib/inner", "1234567890123456789012345678901234567890");
    source.tag("gone", maintainer);

    CommandException refused =
        catchThrowableOfType(CommandException.class, () -> fetch(served.http("tiny"), "gone"));

    assertThat(refused)
        .hasMessage(
            served.http("group/inner")
                + ": expected commit 1234567890123456789012345678901234567890,"
                + " found no such commit there");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.OUTSIDE_FAILED);
  }

  @Test
  void aSubmoduleWithoutAnEntryIsRefused() throws Exception {
    source.git("rm", "--quiet", "--cached", ".gitmodules");
    Files.delete(source.tree().resolve(".gitmodules"));
    source.git("commit", "--quiet", "--message", "No entry.");
    source.tag("none", maintainer);

    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> fetch(served.file("tiny"), "none"))
        .withMessageContaining(".gitmodules: expected an entry of path 'lib/inner', found none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "../../../etc | ../group/inner | expected a path",
        "/etc | ../group/inner | expected a path",
        "a/.git/hooks | ../group/inner | expected a path",
        "lib/inner | ../../../../../../../../../../../../../../../../../../x | on the server",
        "lib/inner | ssh://git@example.org/x | expected a URL",
        "lib/inner | git@example.org:x | expected a URL",
        "lib/inner | ext::sh -c id | expected a URL",
        "lib/inner | --upload-pack=id | expected a URL",
        "lib/inner | file:///etc | expected a URL of a server",
      })
  void aHostileEntryIsRefused(String path, String url, String complaint) throws Exception {
    source.write(
        ".gitmodules", "[submodule \"x\"]\n\tpath = %s\n\turl = %s\n".formatted(path, url));
    source.git("commit", "--quiet", "--message", "Hostile.", ".gitmodules");
    source.tag("hostile", maintainer);

    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> fetch(served.http("tiny"), "hostile"))
        .withMessageContaining(complaint);
  }

  @Test
  void oneSubmoduleHasOneEntryWithOneUrl() throws Exception {
    String entry = "[submodule \"%s\"]\n\tpath = lib/inner\n\turl = ../group/inner\n";
    for (String text :
        List.of(
            entry.formatted("a") + entry.formatted("b"),
            entry.formatted("a") + "\turl = ../other\n",
            "[submodule \"a\"]\n\tpath = lib/inner\n",
            "[submodule \"a\n")) {
      source.write(".gitmodules", text);
      source.git("commit", "--quiet", "--message", "Odd.", ".gitmodules");
      source.git("tag", "--delete", "v1");
      source.tag("v1", maintainer);
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> fetch(served.file("tiny"), "v1"))
          .withMessageContaining(".gitmodules: expected");
    }
  }

  @Test
  void aLinkIsNoListOfSubmodules() throws Exception {
    Files.delete(source.tree().resolve(".gitmodules"));
    Files.createSymbolicLink(source.tree().resolve(".gitmodules"), Path.of("debian/control"));
    source.git("commit", "--quiet", "--message", "Link.", ".gitmodules");
    source.tag("link", maintainer);

    assertThatExceptionOfType(Exception.class)
        .isThrownBy(() -> fetch(served.file("tiny"), "link"))
        .withMessageContaining(".gitmodules: expected a plain file");
  }

  /** Through a chain, since no commit can contain itself. */
  @ParameterizedTest
  @CsvSource({"5,true", "6,false"})
  void submodulesAreNotNestedWithoutEnd(int deep, boolean taken) throws Exception {
    LocalGit.Repository last = innermost;
    String lastName = "innermost";
    for (int i = 1; i < deep; i++) {
      LocalGit.Repository next = served.repository("chain" + i);
      add(next, "../" + lastName, "s", last);
      last = next;
      lastName = "chain" + i;
    }
    source.git("rm", "--quiet", "--cached", "lib/inner", ".gitmodules");
    Files.delete(source.tree().resolve(".gitmodules"));
    add(source, "../" + lastName, "chain", last);
    source.tag("deep", maintainer);

    if (taken) {
      GitSource git = (GitSource) fetch(served.file("tiny"), "deep").source();
      assertThat(git.submodules()).hasSize(deep);
    } else {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> fetch(served.file("tiny"), "deep"))
          .withMessageContaining("at most 5 deep");
    }
  }
}
