package org.whonix2.rebuilder.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.rebuild.RealRequest;
import org.whonix2.rebuilder.rebuild.RebuildResult;

/** Real packages of Debian 12 from the machine's mirror. Needs root and minutes. */
@Tag("heavy")
@Timeout(1800)
class RealInputsTest {
  @TempDir private Path folder;

  private RebuildResult.Built rebuild(String out, Input input) throws Exception {
    return RealRequest.build(RealRequest.of(input, folder, out));
  }

  private static Map<String, Sha256> bits(RebuildResult.Built built) {
    return built.comparisons().stream()
        .collect(
            Collectors.toMap(
                each -> each.artifact().identity().fileName(), each -> each.artifact().digest()));
  }

  @Test
  void whatOurBuildinfoRecordsComesOutAgain() throws Exception {
    RebuildResult.Built first =
        rebuild("first", new Input.Archived(SourceRequest.parse("hostname")));
    assertThat(first.attempt().source().signer())
        .contains(new Fingerprint("2861257317c7aee4f880497ec3860ac59f574e3a"));
    Path buildinfo = folder.resolve("first/hostname_3.23+nmu1_amd64.buildinfo");

    try (TestKey builder = new TestKey("builder")) {
      Path signed =
          Files.write(
              folder.resolve("signed.buildinfo"), builder.clearsign(Files.readAllBytes(buildinfo)));
      Path signers = builder.export(folder.resolve("signers.pgp"));
      RebuildResult.Built second =
          rebuild("second", new Input.Recorded(signed, Optional.of(signers)));

      assertThat(second.attempt().environment()).isEqualTo(first.attempt().environment());
      assertThat(bits(second)).isEqualTo(bits(first));
      assertThat(second.attempt().source().recorded())
          .allSatisfy(file -> assertThat(bits(second)).containsEntry(file.name(), file.digest()));
      assertThat(second.attempt().source().recorded()).hasSameSizeAs(second.comparisons());
    }
  }

  @Test
  void aBinaryOnlyRebuildIsBuiltWithTheArchivesEntry() throws Exception {
    RebuildResult.Built built = rebuild("bzip2", new Input.Archived(SourceRequest.parse("bzip2")));

    assertThat(built.attempt().source().source().version()).hasToString("1.0.8-5");
    assertThat(built.attempt().source().rebuild().orElseThrow().entry())
        .isEqualTo(BinaryRebuildTest.ENTRY);
    assertThat(bits(built).keySet())
        .contains(
            "bzip2_1.0.8-5+b1_amd64.deb",
            "libbz2-1.0_1.0.8-5+b1_amd64.deb",
            "libbz2-dev_1.0.8-5+b1_amd64.deb")
        .noneMatch(name -> name.startsWith("bzip2-doc"));
    // Our own .buildinfo has the entry, too, and dates everything by it.
    Buildinfo recorded =
        Buildinfo.parse(
            Files.readAllBytes(folder.resolve("bzip2/bzip2_1.0.8-5+b1_amd64.buildinfo")));
    assertThat(recorded.rebuild()).isEqualTo(built.attempt().source().rebuild());
    assertThat(Files.readString(folder.resolve("bzip2/bzip2_1.0.8-5+b1_amd64.buildinfo")))
        .contains("SOURCE_DATE_EPOCH=\"1663556049\"");
    Path deb = folder.resolve("bzip2/artifacts/bzip2_1.0.8-5+b1_amd64.deb");
    assertThat(
            ArchivedRebuild.entry(deb, new PackageName("bzip2"), built.attempt().architecture())
                .map(String::strip))
        .contains(BinaryRebuildTest.ENTRY.strip());
  }
}
