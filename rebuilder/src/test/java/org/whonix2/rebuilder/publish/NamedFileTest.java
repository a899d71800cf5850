package org.whonix2.rebuilder.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.rebuilder.Results;
import org.whonix2.rebuilder.attest.Attester;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.attest.SequenceNumbers;
import org.whonix2.rebuilder.rebuild.Comparison;
import org.whonix2.rebuilder.rebuild.RebuildResult;

class NamedFileTest {
  @TempDir Path folder;
  private RebuildStatement statement;
  private List<BinaryArtifact> artifacts;

  private static byte[] content(String name) {
    return ("what is in " + name).getBytes(StandardCharsets.UTF_8);
  }

  private static BinaryArtifact artifact(String name, String file) {
    BinaryArtifact like = Results.artifact(name);
    return new BinaryArtifact(like.identity(), Sha256.of(content(file)), like.size());
  }

  private Path write(String name) throws Exception {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content(name));
  }

  @BeforeEach
  void whatARebuildLeft() throws Exception {
    for (String name :
        List.of(
            "build.log",
            "diffoscope.txt",
            "prepare.log",
            "x_1_amd64.buildinfo",
            "artifacts/a.deb",
            "artifacts/b.deb")) {
      write(name);
    }
    SecretKey key = RebuilderKey.create(folder.resolve("key"), "alpha", Results.NOW);
    Attester attester =
        new Attester(
            key,
            new SequenceNumbers(folder.resolve("key")),
            Clock.fixed(Results.NOW, ZoneOffset.UTC));
    artifacts = List.of(artifact("aa", "artifacts/a.deb"), artifact("bb", "artifacts/b.deb"));
    statement =
        attester
            .attest(
                Results.request(folder),
                new RebuildResult.Built(
                    Results.attempt(),
                    artifacts.stream()
                        .map(
                            each ->
                                new Comparison(each, List.of(), Optional.empty(), Optional.empty()))
                        .toList(),
                    Sha256.of(content("x_1_amd64.buildinfo")),
                    Optional.empty()))
            .statement();
  }

  private List<String> named(Set<Sha256> wanted) throws Exception {
    return NamedFile.of(folder, statement, wanted).stream()
        .peek(each -> assertThat(each.file()).exists())
        .map(each -> String.valueOf(folder.relativize(each.file())))
        .toList();
  }

  @Test
  void logReportsAndBuildinfoAreSentAndWhatElseIsNamed() throws Exception {
    assertThat(named(Set.of()))
        .containsExactly("build.log", "diffoscope.txt", "x_1_amd64.buildinfo");
    assertThat(named(Set.of(artifacts.get(1).digest())))
        .containsExactly("build.log", "diffoscope.txt", "x_1_amd64.buildinfo", "artifacts/b.deb");
    assertThat(named(NamedFile.artifacts(statement))).hasSize(5);
    // What the statement does not name, nobody takes.
    assertThat(named(Set.of(Sha256.of(content("prepare.log"))))).hasSize(3);
  }

  @Test
  void whatIsGoneOrChangedOrALinkIsLeftOut() throws Exception {
    Files.delete(folder.resolve("diffoscope.txt"));
    Files.writeString(folder.resolve("build.log"), "other");
    Path elsewhere = Files.move(folder.resolve("x_1_amd64.buildinfo"), folder.resolve("key/x"));
    Files.createSymbolicLink(folder.resolve("x_1_amd64.buildinfo"), elsewhere);
    assertThat(named(Set.of())).isEmpty();
    assertThat(NamedFile.named(statement, Set.of())).hasSize(3);
  }
}
