package org.whonix2.rebuilder.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.GitSource;
import org.whonix2.core.statement.GitTag;
import org.whonix2.core.statement.GitUrl;
import org.whonix2.core.statement.Rebuild;
import org.whonix2.core.statement.RebuildAttestation;
import org.whonix2.core.statement.Statement;
import org.whonix2.rebuilder.attest.Attester;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.attest.SequenceNumbers;
import org.whonix2.rebuilder.rebuild.RealRequest;
import org.whonix2.rebuilder.rebuild.RebuildRequest;
import org.whonix2.rebuilder.rebuild.RebuildResult;

/**
 * A source that is kept in Git, built in the real sandbox with the machine's mirror. Needs root and
 * minutes.
 */
@Tag("heavy")
@Timeout(1800)
class RealGitTest {
  @TempDir private Path folder;
  private LocalGit served;
  private TestKey maintainer;
  private LocalGit.Repository source;
  private LocalGit.Repository library;

  /**
   * A source "3.0 (quilt)" without an upstream tarball: its patch is in the tree and not applied.
   * Its build dependency is none that every root has.
   */
  @BeforeEach
  void repositories() throws Exception {
    maintainer = new TestKey("maintainer");
    served = new LocalGit(folder.resolve("served"));
    library = served.repository("library");
    library.write("greeting", "Hello from the submodule.\n");
    library.commit();
    source = served.repository("tiny");
    source.write("greeting", "Not patched.\n");
    source.write("debian/source/format", "3.0 (quilt)\n");
    source.write("debian/patches/series", "greet\n");
    source.write(
        "debian/patches/greet",
        """
        --- a/greeting
        +++ b/greeting
        @@ -1 +1 @@
        -Not patched.
        +Patched.
        """);
    source.write(
        "debian/changelog",
        """
        w2-tiny (1:1.0-1) unstable; urgency=low

          * Tiny.

         -- N <n@example.org>  Thu, 01 Jan 2026 00:00:00 +0000
        """);
    source.write(
        "debian/control",
        """
        Source: w2-tiny
        Maintainer: N <n@example.org>
        Build-Depends: figlet
        Rules-Requires-Root: no

        Package: w2-tiny
        Architecture: all
        Description: tiny
         Tiny.
        """);
    Path rules =
        source.write(
            "debian/rules",
            """
            #!/bin/sh
            set -e
            case "$1" in binary)
              mkdir -p debian/tmp/DEBIAN debian/tmp/usr/share/w2-tiny
              cat greeting library/greeting >debian/tmp/usr/share/w2-tiny/greeting
              pwd >>debian/tmp/usr/share/w2-tiny/greeting
              /usr/bin/figlet -v >/dev/null
              dpkg-gencontrol
              dpkg-deb --root-owner-group --build debian/tmp ..
            esac
            """);
    Files.setPosixFilePermissions(rules, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(source.tree().resolve("out"), Path.of("/etc"));
    source.git("config", "--file", ".gitmodules", "submodule.library.path", "library");
    source.git("config", "--file", ".gitmodules", "submodule.library.url", "../library");
    source.commit();
    source.git("update-index", "--add", "--cacheinfo", "160000," + library.id("HEAD") + ",library");
    source.git("commit", "--quiet", "--message", "Submodule.");
    source.tag("debian/1.0-1", maintainer);
  }

  @AfterEach
  void stop() throws Exception {
    served.close();
    maintainer.close();
  }

  private RebuildRequest request(String out) throws Exception {
    Path signers = maintainer.export(folder.resolve("signers.pgp"));
    Input input =
        new Input.Git(
            new GitUrl(served.http("tiny")), new GitTag("debian/1.0-1"), Optional.of(signers));
    return RealRequest.of(input, folder, out);
  }

  private RebuildAttestation rebuild(String out, SecretKey key) throws Exception {
    RebuildRequest request = request(out);
    RebuildResult result = RealRequest.build(request);
    new Attester(key, new SequenceNumbers(folder.resolve("key")), Clock.systemUTC())
        .attest(request, result);
    Envelope envelope =
        Envelope.parse(Files.readAllBytes(request.out().resolve("attestation.json")));
    return (RebuildAttestation) Statement.parse(envelope.payloadType(), envelope.payload());
  }

  @Test
  void aTaggedSourceIsBuiltWithItsSubmoduleAndAttestedByItsCommit() throws Exception {
    SecretKey key =
        RebuilderKey.create(folder.resolve("key"), "alpha", Clock.systemUTC().instant());

    RebuildAttestation attestation = rebuild("out", key);

    Rebuild rebuild = attestation.rebuild();
    GitSource git = (GitSource) rebuild.source();
    assertThat(git.name()).hasToString("w2-tiny");
    assertThat(git.version()).hasToString("1:1.0-1");
    assertThat(git.url()).hasToString(served.http("tiny"));
    assertThat(git.tag()).hasToString("debian/1.0-1");
    assertThat(git.commit()).hasToString(source.id("debian/1.0-1^{commit}"));
    assertThat(git.tree()).hasToString(source.id("debian/1.0-1^{tree}"));
    assertThat(git.submodules().get(0).path()).isEqualTo("library");
    assertThat(git.submodules().get(0).commit()).hasToString(library.id("HEAD"));
    assertThat(git.submodules().get(0).tree()).hasToString(library.id("HEAD^{tree}"));
    assertThat(rebuild.sourceSigner().orElseThrow()).hasToString(maintainer.fingerprint());
    String name = "w2-tiny_1.0-1_all.deb";
    assertThat(attestation.artifacts().get(0).identity().fileName()).isEqualTo(name);
    Path deb = folder.resolve("out/artifacts").resolve(name);
    assertThat(attestation.artifacts().get(0).digest())
        .isEqualTo(Sha256.of(Files.readAllBytes(deb)));
    assertThat(LocalArchive.run(folder, "dpkg-deb", "--fsys-tarfile", deb.toString()))
        .contains("Patched.\nHello from the submodule.\n/build/reproducible-path/w2-tiny-1.0\n")
        .doesNotContain("Not patched");

    RebuildAttestation again = rebuild("again", key);
    assertThat(again.rebuildId()).isEqualTo(attestation.rebuildId());
    assertThat(again.artifacts()).isEqualTo(attestation.artifacts());
  }
}
