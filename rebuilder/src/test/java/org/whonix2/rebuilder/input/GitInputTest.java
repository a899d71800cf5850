package org.whonix2.rebuilder.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.util.SystemReader;
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
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.Signer;
import org.whonix2.core.statement.GitSource;
import org.whonix2.core.statement.GitTag;
import org.whonix2.core.statement.GitUrl;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.MachineSources;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.git.GitLimits;
import org.whonix2.rebuilder.git.TagFetch;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.RootContents;

/** Sources in repositories of the real git, at tags that the real gpg signed. */
@Timeout(300)
class GitInputTest {
  private static final String TAG = "debian/1%2.0-1";

  /** Of the tree that {@link #source} makes; whoever changes the archive changes rebuild ids. */
  private static final String DIGEST =
      "32658222727218df46595960a542f7b89eddd961ccd538db92de7bc68e2030f3";

  private static TestKey maintainer;
  private static TestKey stranger;

  private final Cancellation cancellation = new Cancellation();
  private Path folder;
  private LocalGit served;
  private LocalGit.Repository source;
  private LogFile log;
  private Path signers;
  private int fetches;

  @BeforeAll
  static void keys() throws Exception {
    maintainer = new TestKey("maintainer");
    stranger = new TestKey("stranger");
  }

  @AfterAll
  static void noKeys() throws Exception {
    maintainer.close();
    stranger.close();
  }

  @BeforeEach
  void source(@TempDir Path temporary) throws Exception {
    folder = temporary;
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    signers = maintainer.export(folder.resolve("signers.pgp"));
    log = new LogFile(folder.resolve("log"));
    served = new LocalGit(folder.resolve("served"));
    source = served.repository("tiny");
    source.write("old", "This was there before.\n");
    source.commit();
    Files.delete(source.tree().resolve("old"));
    source.write(
        "debian/changelog",
        """
        tiny (1:2.0-1) unstable; urgency=low

          * Tiny.

         -- N <n@example.org>  Thu, 01 Jan 2026 00:00:00 +0000
        """);
    source.write(
        "debian/control",
        """
        # A comment.
        Source: tiny
        Maintainer: N <n@example.org>

        Package: tiny
        Architecture: any
        Description: d
        """);
    Path rules = source.write("debian/rules", "#!/bin/sh\n");
    Files.setPosixFilePermissions(rules, PosixFilePermissions.fromString("rwxr-xr-x"));
    source.write("a-b", "sorts behind a/c\r\n");
    source.write("a/c", "");
    source.write("skipped", "$Format:%H$\n");
    source.write("n".repeat(60) + "/" + "\u00e4".repeat(60), "a long name\n");
    Files.createSymbolicLink(source.tree().resolve("out"), Path.of("../../../etc/passwd"));
    source.commit();
    // Last, so that the others are in the tree as they are.
    source.write(".gitattributes", "* text eol=crlf export-subst\nskipped export-ignore\n");
    source.git("add", ".gitattributes");
    source.git("commit", "--quiet", "--message", "Attributes.");
    source.tag(TAG, maintainer);
  }

  @AfterEach
  void stop() throws Exception {
    served.close();
    log.close();
  }

  private Fetching fetching(String mirror) throws Exception {
    Path job = Files.createDirectories(folder.resolve("job" + ++fetches));
    Path parts = Files.createDirectories(folder.resolve("etc/sources.list.d"));
    Files.writeString(
        parts.resolve("x.sources"),
        "Types: deb\nURIs: %s\nSuites: tiny\nComponents: main\nSigned-By: %s\n"
            .formatted(mirror, folder.resolve("debian-archive-test.gpg")));
    Programs programs = new Programs(cancellation);
    MachineSources machine = MachineSources.read(folder.resolve("etc"));
    return new Fetching(
        AptRoot.create(job.resolve("apt"), machine, "tiny", programs, log),
        Files.createDirectories(job.resolve("source")),
        Files.createDirectories(job.resolve("aside")),
        folder.resolve("kept"),
        TestToolchain.archives(),
        false,
        programs,
        Instant.now(),
        notice -> {});
  }

  private BuildInput fetch(String url, String tag, GitLimits limits) throws Exception {
    Input.Git asked = new Input.Git(GitUrl.parse(url), GitTag.parse(tag), Optional.of(signers));
    return new GitInput(fetching("http://127.0.0.1:1"), limits).fetch(asked);
  }

  private BuildInput fetch(String url, String tag) throws Exception {
    return fetch(url, tag, GitLimits.STANDARD);
  }

  private BuildInput fetch() throws Exception {
    return fetch(served.file("tiny"), TAG);
  }

  private CommandException refusal(String url, String tag) {
    return catchThrowableOfType(CommandException.class, () -> fetch(url, tag));
  }

  private CommandException refusal(String tag) {
    return refusal(served.file("tiny"), tag);
  }

  private static GitSource git(BuildInput input) {
    return (GitSource) input.source();
  }

  /** Unpacks an archive with the real tar, as the sandbox does. */
  private Path unpacked(BuildInput input) throws IOException {
    LocalArchive.run(
        folder,
        "tar",
        "--extract",
        "--file=" + input.folder().resolve(input.source().fileName()),
        "--one-top-level=unpacked");
    return folder.resolve("unpacked");
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "http"})
  void aTagOfAKnownSignerGivesItsTreeAsOneArchive(String scheme) throws Exception {
    String url = scheme.equals("file") ? served.file("tiny") : served.http("tiny");

    BuildInput input = fetch(url, TAG);

    assertThat(input.signer().orElseThrow()).hasToString(maintainer.fingerprint());
    GitSource git = git(input);
    assertThat(git.name()).hasToString("tiny");
    assertThat(git.version()).hasToString("1:2.0-1");
    assertThat(git.url()).hasToString(url);
    assertThat(git.commit()).hasToString(source.id("HEAD"));
    assertThat(git.tree()).hasToString(source.id("HEAD^{tree}"));
    assertThat(git.submodules()).isEmpty();
    assertThat(input.recipe().folderName()).isEqualTo("tiny-2.0");
    Path archive = input.folder().resolve("tiny_2.0-1.git.tar");
    assertThat(git.digest()).isEqualTo(Sha256.of(Files.readAllBytes(archive))).hasToString(DIGEST);
    // The files as they were before git had any attributes.
    Path unpacked = unpacked(input);
    Files.delete(source.tree().resolve("out"));
    Files.delete(unpacked.resolve("out"));
    LocalArchive.run(
        folder, "diff", "-r", "--exclude=.git", source.tree().toString(), unpacked.toString());
    assertThat(Files.isExecutable(unpacked.resolve("debian/rules"))).isTrue();
    assertThat(Files.isExecutable(unpacked.resolve("a-b"))).isFalse();
    assertThat(Files.getLastModifiedTime(unpacked.resolve("a")).toInstant())
        .isEqualTo(Instant.ofEpochSecond(1767229200));
    RootContents.BuildDependencies contents = (RootContents.BuildDependencies) input.contents();
    assertThat(contents.packages()).containsExactly("tool");
    assertThat(contents.announcement())
        .hasSameBinaryContentAs(source.tree().resolve("debian/control"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "http"})
  void onlyOneCommitIsFetched(String scheme) throws Exception {
    fetch(scheme.equals("file") ? served.file("tiny") : served.http("tiny"), TAG);

    Path fetched = folder.resolve("job1/aside/git/repository");
    LocalGit.Repository repository = new LocalGit.Repository(fetched);
    assertThat(repository.git("cat-file", "-t", source.id("HEAD"))).isEqualTo("commit");
    String parent = source.id("HEAD~1");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> repository.git("cat-file", "-t", parent));
  }

  @Test
  void aLinkOutOfTheTreeStaysALinkAndNothingIsWrittenThroughIt() throws Exception {
    Path unpacked = unpacked(fetch());

    assertThat(Files.readSymbolicLink(unpacked.resolve("out"))).hasToString("../../../etc/passwd");
  }

  /** As the real tar lists it. */
  @Test
  void theArchiveHasOneFormWhoeverMakesIt() throws Exception {
    BuildInput input = fetch();

    String listed =
        LocalArchive.run(
            input.folder(),
            "env",
            "LC_ALL=C",
            "tar",
            "--list",
            "--verbose",
            "--numeric-owner",
            "--utc",
            "--quoting-style=escape",
            "--file=tiny_2.0-1.git.tar");
    assertThat(listed.lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            "-rw-r--r-- 0/0 51 2026-01-01 01:00 .gitattributes",
            "drwxr-xr-x 0/0 0 2026-01-01 01:00 a/",
            "-rw-r--r-- 0/0 0 2026-01-01 01:00 a/c",
            "-rw-r--r-- 0/0 18 2026-01-01 01:00 a-b",
            "drwxr-xr-x 0/0 0 2026-01-01 01:00 debian/",
            "-rw-r--r-- 0/0 104 2026-01-01 01:00 debian/changelog",
            "-rw-r--r-- 0/0 104 2026-01-01 01:00 debian/control",
            "-rwxr-xr-x 0/0 10 2026-01-01 01:00 debian/rules",
            "drwxr-xr-x 0/0 0 2026-01-01 01:00 " + "n".repeat(60) + "/",
            "-rw-r--r-- 0/0 12 2026-01-01 01:00 " + "n".repeat(60) + "/" + "\\303\\244".repeat(60),
            "lrwxrwxrwx 0/0 0 2026-01-01 01:00 out -> ../../../etc/passwd",
            "-rw-r--r-- 0/0 12 2026-01-01 01:00 skipped");
  }

  @Test
  void withoutAKeyringDebiansUploadersMaySign() throws Exception {
    try (TestKey archiveKey = new TestKey("archive");
        LocalArchive mirror = new LocalArchive(folder.resolve("mirror"))) {
      archiveKey.export(folder.resolve("debian-archive-test.gpg"));
      Path keyrings = Files.createDirectories(folder.resolve("k/usr/share/keyrings"));
      maintainer.export(keyrings.resolve("debian-keyring.gpg"));
      mirror.addDeb(
          "Package: debian-keyring\nVersion: 1\nArchitecture: all\n", folder.resolve("k"));
      mirror.index();
      mirror.sign(archiveKey);
      Fetching fetching = fetching(mirror.url());
      fetching.apt().update();
      source.tag("strange", stranger);
      GitUrl url = GitUrl.parse(served.file("tiny"));
      BuildInput input = new Input.Git(url, GitTag.parse(TAG), Optional.empty()).fetch(fetching);
      assertThat(input.signer().orElseThrow()).hasToString(maintainer.fingerprint());

      Fetching again = fetching(mirror.url());
      again.apt().update();
      assertThat(
              catchThrowableOfType(
                  CommandException.class,
                  () -> new Input.Git(url, GitTag.parse("strange"), Optional.empty()).fetch(again)))
          .hasMessageContaining("no known uploader signed it")
          .extracting(CommandException::exitCode)
          .isEqualTo(ExitCode.REFUSED);
    }
  }

  @Test
  void aStrangersTagIsRefused() throws Exception {
    source.tag("strange", stranger);

    CommandException refused = refusal("strange");

    assertThat(refused).hasMessageContaining("none of its signers signed it");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
    assertThat(folder.resolve("job1/source")).isEmptyDirectory();
  }

  /** Whatever the tag says, and whatever it names. */
  @ParameterizedTest
  @CsvSource({"Release,Releasf", "object ,''", "n@example.org,m@example.org"})
  void whatIsNotWhatWasSignedIsRefused(String signed, String changed) throws Exception {
    String tag = source.git("cat-file", "tag", TAG) + "\n";
    String other =
        changed.isEmpty()
            ? tag.replace(source.id("HEAD"), source.id("HEAD~1"))
            : tag.replace(signed, changed);
    assertThat(other).isNotEqualTo(tag);
    source.git("update-ref", "refs/tags/" + TAG, source.object("tag", other));

    CommandException refused = refusal(TAG);

    assertThat(refused).hasMessageContaining("none of its signers signed it");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
  }

  @Test
  void anotherTagsObjectUnderThisNameIsRefused() throws Exception {
    source.git("update-ref", "refs/tags/newer", source.id("refs/tags/" + TAG));

    CommandException refused = refusal("newer");

    assertThat(refused)
        .hasMessageContaining("expected the tag object of 'newer', found 'tag " + TAG);
    assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
  }

  @Test
  void aTagWithoutASignatureIsRefused() throws Exception {
    source.git("tag", "-a", "-m", "Release", "unsigned");
    source.git("tag", "light");
    source.tag("of-a-tag", maintainer, TAG);
    source.tag("of-a-tree", maintainer, "HEAD^{tree}");

    assertThat(refusal("unsigned"))
        .hasMessageContaining("expected a signed annotated tag, found an annotated tag without");
    assertThat(refusal("light"))
        .hasMessageContaining("expected a signed annotated tag 'light', found a lightweight one");
    assertThat(refusal("of-a-tag"))
        .hasMessageContaining("expected a tag of a commit, found a tag of a tag");
    // JGit's own server has no answer to this.
    assertThat(refusal(served.http("tiny"), "of-a-tree"))
        .hasMessageContaining("expected a tag of a commit, found a tag of a tree");
    for (String tag : List.of("unsigned", "light", "of-a-tag", "of-a-tree")) {
      assertThat(refusal(served.http("tiny"), tag).exitCode()).isEqualTo(ExitCode.REFUSED);
    }
  }

  @Test
  void aTagThatIsNotThereIsAMistakeOfTheUsers() {
    for (String url : List.of(served.file("tiny"), served.http("tiny"))) {
      CommandException refused = refusal(url, "missing");
      assertThat(refused).hasMessage(url + ": there is no tag 'missing'");
      assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    }
  }

  @Test
  void aServerThatIsNotThereOrHasNoRepositoryIsNamed() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    for (String url :
        List.of(
            "http://127.0.0.1:" + port + "/tiny",
            "git://127.0.0.1:" + port + "/tiny",
            served.http("none"))) {
      CommandException refused = refusal(url, TAG);
      assertThat(refused).hasMessageStartingWith(url + ": cannot be fetched: ");
      assertThat(refused.exitCode()).isEqualTo(ExitCode.OUTSIDE_FAILED);
    }
    assertThat(refusal(served.file("none"), TAG)).hasMessageContaining("there is no such folder");
  }

  /** Object by object, without any of the checks and limits of a pack. */
  @Test
  void plainFilesOnAWebServerAreNoRepository() throws Exception {
    try (LocalArchive web = new LocalArchive(folder.resolve("web"))) {
      source.git("clone", "--quiet", "--bare", ".", web.folder().resolve("tiny").toString());
      new LocalGit.Repository(web.folder().resolve("tiny")).git("update-server-info");
      CommandException refused = refusal(web.url() + "/tiny", TAG);
      assertThat(refused).hasMessageContaining("found plain files");
      assertThat(refused.exitCode()).isEqualTo(ExitCode.OUTSIDE_FAILED);
    }
  }

  @Test
  void aServerThatNeverAnswersIsGivenUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String url = "git://127.0.0.1:" + silent.getLocalPort() + "/tiny";
      GitLimits limits = new GitLimits(Duration.ofSeconds(1), 1 << 20, 1 << 20, 100, 1 << 20);

      assertThatExceptionOfType(CommandException.class)
          .isThrownBy(() -> fetch(url, TAG, limits))
          .withMessage(url + ": expected everything within 1 s");

      new Thread(
              () -> {
                try {
                  silent.accept();
                } catch (IOException e) {
                  // The test waits in vain then.
                }
                cancellation.cancel();
              })
          .start();
      assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(() -> fetch(url, TAG));
    }
  }

  /** The server chooses how much work it is to unpack what it sent. */
  @Test
  void theTimeCountsWhenEverythingIsThereToo() throws Exception {
    GitLimits limits = new GitLimits(Duration.ofSeconds(3), 1 << 20, 1 << 20, 100, 1 << 20);
    try (TagFetch fetched =
        TagFetch.fetch(
            GitUrl.parse(served.file("tiny")),
            GitTag.parse(TAG),
            folder.resolve("late"),
            limits,
            new Programs(cancellation))) {
      Thread.sleep(3_100);
      Fingerprint key = Fingerprint.parse(maintainer.fingerprint());
      assertThatExceptionOfType(CommandException.class)
          .isThrownBy(() -> fetched.tree(new Signer(key, key, Instant.now())))
          .withMessageContaining("expected everything within 3 s");
    }
  }

  @Test
  void aRedirectionIsNotFollowed() throws Exception {
    HttpServer elsewhere =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    elsewhere.createContext(
        "/",
        exchange -> {
          String query = exchange.getRequestURI().getRawQuery();
          exchange
              .getResponseHeaders()
              .add("Location", served.http("tiny") + "/info/refs?" + query);
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    elsewhere.start();
    try {
      String url = "http://127.0.0.1:" + elsewhere.getAddress().getPort() + "/tiny";
      assertThat(refusal(url, TAG)).hasMessageContaining("followRedirects is false");
    } finally {
      elsewhere.stop(0);
    }
  }

  @Test
  void namesThatDifferInCaseOnlyAreTwo() throws Exception {
    source.write("Makefile", "one\n");
    source.write("makefile", "two\n");
    source.commit();
    source.tag("both", maintainer);

    Path unpacked = unpacked(fetch(served.file("tiny"), "both"));
    assertThat(unpacked.resolve("Makefile")).hasContent("one\n");
    assertThat(unpacked.resolve("makefile")).hasContent("two\n");
  }

  /** A tag's signature names no repository: a server can serve another's tag. */
  @ParameterizedTest
  @CsvSource({"tiny,true", "tiny=1:2.0-1,true", "tiny=2.0-1,false", "other,false"})
  void whatTheTagIsExpectedToBeOfIsChecked(String expected, boolean same) throws Exception {
    Input.Git asked =
        new Input.Git(
            GitUrl.parse(served.file("tiny")),
            GitTag.parse(TAG),
            Optional.of(signers),
            Optional.of(SourceRequest.parse(expected)));
    GitInput input = new GitInput(fetching("http://127.0.0.1:1"), GitLimits.STANDARD);
    if (same) {
      assertThat(input.fetch(asked).source().name()).hasToString("tiny");
    } else {
      assertThatExceptionOfType(CommandException.class)
          .isThrownBy(() -> input.fetch(asked))
          .withMessage("expected the source " + expected + " at this tag, found tiny=1:2.0-1");
    }
  }

  @Test
  void whatIsTooLargeIsRefused() throws Exception {
    source.write("large", "x".repeat(200_000));
    source.commit();
    source.tag("large", maintainer);
    byte[] noise = new byte[300_000];
    new java.util.Random(1).nextBytes(noise);
    for (GitLimits limits :
        List.of(
            new GitLimits(Duration.ofMinutes(1), 1 << 20, 100_000, 100, 1 << 20),
            new GitLimits(Duration.ofMinutes(1), 1 << 20, 1 << 20, 12, 1 << 20),
            new GitLimits(Duration.ofMinutes(1), 1 << 20, 1 << 20, 100, 150_000))) {
      assertThatExceptionOfType(Exception.class)
          .isThrownBy(() -> fetch(served.http("tiny"), "large", limits))
          .withMessageContaining("too large");
    }
    Files.write(source.tree().resolve("noise"), noise);
    source.commit();
    source.tag("noise", maintainer);
    GitLimits little = new GitLimits(Duration.ofMinutes(1), 200_000, 1 << 20, 100, 1 << 20);
    assertThatExceptionOfType(CommandException.class)
        .isThrownBy(() -> fetch(served.http("tiny"), "noise", little))
        .withMessageContaining("too large: expected at most 200000 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {".git", ".GIT", "..", ".", "a/b"})
  void aTreeWithANameThatIsNoneIsRefused(String name) throws Exception {
    byte[] id = HexFormat.of().parseHex(source.id("HEAD:a/c"));
    byte[] head = ("100644 " + name + "\0").getBytes(StandardCharsets.UTF_8);
    byte[] tree = java.util.Arrays.copyOf(head, head.length + id.length);
    System.arraycopy(id, 0, tree, head.length, id.length);
    String commit = source.git("commit-tree", "-m", "m", source.object("tree", tree));
    source.tag("hostile", maintainer, commit);

    for (String url : List.of(served.file("tiny"), served.http("tiny"))) {
      CommandException refused = refusal(url, "hostile");
      assertThat(refused).hasMessageContaining("malformed");
      assertThat(refused.exitCode()).isEqualTo(ExitCode.REFUSED);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "debian/changelog | tiny 1.0\\n | expected a first line",
        "debian/changelog | \\ntiny (1.0) x; y\\n | expected a first line",
        "debian/changelog | ../x (1.0) x; urgency=low\\n | expected a package name",
        "debian/changelog | tiny (1.0-) x; urgency=low\\n | expected a version",
        "debian/changelog | '' | expected a first line",
        "debian/changelog | tiny (1) x; urgency=low, binary-only = yes\\n | a binary-only rebuild",
        "debian/changelog | tiny (1) x; urgency=low, Binary-Only=yes\\n | a binary-only rebuild",
        "debian/control | Source: other\\n | expected Source tiny",
        "debian/control | '' | expected Source tiny",
        "debian/control | Package: tiny\\n | expected a field 'Source'",
      })
  void packagingThatSaysNotWhatItIsIsRefused(String file, String text, String complaint)
      throws Exception {
    source.write(file, text.replace("\\n", "\n"));
    source.commit();
    source.tag("odd", maintainer);

    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> fetch(served.file("tiny"), "odd"))
        .withMessageContaining(complaint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"debian/changelog", "debian/control"})
  void packagingThatIsMissingOrALinkIsRefused(String file) throws Exception {
    source.git("rm", "--quiet", file);
    source.commit();
    source.tag("missing", maintainer);
    Files.createSymbolicLink(source.tree().resolve(file), Path.of("/etc/hostname"));
    source.commit();
    source.tag("link", maintainer);
    for (String tag : List.of("missing", "link")) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> fetch(served.file("tiny"), tag))
          .withMessageContaining(file + ": expected a plain file, found none");
    }
  }

  @Test
  void aRepositoryOfSha256IsRefused() throws Exception {
    LocalGit.Repository other = served.repository("new", "--object-format=sha256");
    other.write("a", "a");
    other.commit();
    other.tag("v1", maintainer);
    CommandException refused = refusal(served.http("new"), "v1");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.OUTSIDE_FAILED);
    assertThat(refused.hint()).contains("SHA-256");
    assertThat(refusal(served.file("new"), "v1")).isNotNull();
  }

  @Test
  void noConfigurationOfTheUserIsRead() throws Exception {
    String home = System.getProperty("user.home");
    try {
      System.setProperty("user.home", folder.toString());
      Files.writeString(
          folder.resolve(".gitconfig"), "[url \"file:///nonexistent/\"]\ninsteadOf = file:///\n");
      fetch();
      assertThat(SystemReader.getInstance().getUserConfig().toText()).isEmpty();
      assertThat(SystemReader.getInstance().getSystemConfig().toText()).isEmpty();
      assertThat(SystemReader.getInstance().getenv("PATH")).isNull();
    } finally {
      System.setProperty("user.home", home);
    }
  }
}
