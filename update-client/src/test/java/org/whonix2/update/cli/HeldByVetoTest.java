package org.whonix2.update.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Byproduct;
import org.whonix2.io.keys.KeyFolder;

/** One key that vetoes holds a package for a day; longer only while its evidence is there. */
class HeldByVetoTest extends BoxTest {
  private static final Sha256 BUILD_LOG = digest("a build's log");
  private static final Sha256 BUILDINFO = Sha256.of(new byte[0]);
  private static final Duration DAY = Duration.ofDays(1);

  private static Sha256 digest(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static BinaryArtifact otherBits(BinaryArtifact than, int number) {
    return new BinaryArtifact(than.identity(), digest("other bits " + number), than.size());
  }

  /** alpha votes, which is enough, and beta got other bits. */
  @BeforeEach
  void logAVoteAndAVeto() throws Exception {
    edit("quorum: {threshold: 2}", "quorum: {all: [alpha]}");
    log.entries.add(attestation(0, 1));
    veto(1);
  }

  private void veto(int number) throws Exception {
    log.entries.add(
        attestation(
            1,
            number,
            artifact(deb),
            otherBits(artifact(deb), number),
            List.of(new Byproduct("build.log", "text/plain", BUILD_LOG))));
  }

  private Path findings() {
    return folder.resolve("state/update/vetoes");
  }

  /** Moves what the box remembers into the past. */
  private void passes(Duration time) throws Exception {
    String moved =
        sealed(findings())
            .lines()
            .map(line -> line.split(" "))
            .map(
                fields -> {
                  for (int place : new int[] {2, 3}) {
                    if (fields.length > place) {
                      fields[place] = "" + (Long.parseLong(fields[place]) - time.toSeconds());
                    }
                  }
                  return String.join(" ", fields) + "\n";
                })
            .collect(Collectors.joining());
    seal(findings(), moved);
  }

  private void held() throws Exception {
    assertThat(verify(deb)).isEqualTo(1);
    assertThat(out).contains("got other bits from the same source in the same environment: beta-1");
    assertThat(tickets().all()).isEmpty();
  }

  private void heldAfterSync() throws Exception {
    assertThat(sync()).isZero();
    held();
  }

  private void acceptedAfterSync() throws Exception {
    assertThat(sync()).isZero();
    accepted();
  }

  private void accepted() throws Exception {
    assertThat(verify(deb)).isZero();
    assertThat(tickets().find(artifact(deb).digest())).isPresent();
  }

  @Test
  void withItsEvidenceItHoldsForGood() throws Exception {
    log.blob = digest -> 200;
    heldAfterSync();
    assertThat(log.blobsAsked).containsExactlyInAnyOrder(BUILD_LOG, BUILDINFO);
    passes(DAY.multipliedBy(90));
    log.blob = digest -> 404;
    veto(2);
    heldAfterSync();
    assertThat(log.blobsAsked).hasSize(2);
  }

  @Test
  void withoutEvidenceItHoldsForADay() throws Exception {
    heldAfterSync();
    passes(DAY.minusMinutes(1));
    heldAfterSync();
    passes(Duration.ofMinutes(1));
    // Not before somebody has looked again.
    held();
    acceptedAfterSync();
    assertThat(run(with("explain", "hello"))).isZero();
    assertThat(out).contains("no veto, as nobody has its log and its .buildinfo");
  }

  @Test
  void anyFileThatIsMissingIsEnough() throws Exception {
    for (Sha256 missing : List.of(BUILD_LOG, BUILDINFO)) {
      Files.deleteIfExists(findings());
      log.blob = digest -> digest.equals(missing) ? 410 : 200;
      heldAfterSync();
      passes(DAY);
      acceptedAfterSync();
    }
  }

  @Test
  void oneThatNamesNoLogHasNoEvidence() throws Exception {
    log.blob = digest -> 200;
    log.entries.remove(1);
    log.entries.add(attestation(1, 1, artifact(deb), otherBits(artifact(deb), 1), List.of()));
    heldAfterSync();
    passes(DAY);
    acceptedAfterSync();
  }

  @Test
  void sayingItAnewGivesNoMoreTime() throws Exception {
    assertThat(sync()).isZero();
    passes(DAY);
    veto(2);
    acceptedAfterSync();
  }

  @Test
  void norDoesSayingManyThingsUnderOneNumber() throws Exception {
    assertThat(sync()).isZero();
    passes(DAY);
    for (int bits = 2; bits < 100; bits++) {
      log.entries.add(attestation(1, 1, artifact(deb), otherBits(artifact(deb), bits), List.of()));
    }
    acceptedAfterSync();
  }

  @Test
  void evidenceOfOneOfSeveralIsEnough() throws Exception {
    log.entries.add(attestation(1, 1, artifact(deb), otherBits(artifact(deb), 2), List.of()));
    log.blob = digest -> 200;
    assertThat(sync()).isZero();
    passes(DAY);
    heldAfterSync();
  }

  @Test
  void evidenceThatComesLaterMakesItCountAgain() throws Exception {
    assertThat(sync()).isZero();
    passes(DAY);
    acceptedAfterSync();
    log.blob = digest -> 200;
    heldAfterSync();
  }

  @Test
  void whoCannotBeAskedTakesNoVetoAway() throws Exception {
    assertThat(sync()).isZero();
    passes(DAY);
    log.blob = digest -> 503;
    heldAfterSync();
  }

  @Test
  void everyAddressMustMissIt() throws Exception {
    try (TestLog mirror = log.mirror()) {
      edit(log.url(), log.url() + "\", \"" + mirror.url());
      mirror.blob = digest -> 200;
      heldAfterSync();
      Files.delete(findings());
      mirror.blob = digest -> 404;
      assertThat(sync()).isZero();
    }
    passes(DAY);
    assertThat(sync()).isZero();
    assertThat(err).contains("warning: the evidence of a veto could not be asked for: ");
    held();
  }

  @Test
  void whatSomebodyOnTheLineCouldAnswerIsNoAnswer() throws Exception {
    edit(log.url(), log.url() + "\", \"http://log.invalid:1");
    assertThat(sync()).isZero();
    passes(DAY);
    sync();
    assertThat(err).contains("http://log.invalid:1: expected https");
    held();
  }

  @Test
  void anAnswerIsBelievedForAWeekWhereNobodyCanBeAsked() throws Exception {
    assertThat(sync()).isZero();
    passes(DAY);
    acceptedAfterSync();
    log.close();
    passes(DAY.multipliedBy(6));
    assertThat(sync()).isEqualTo(5);
    accepted();
    assertThat(tickets().find(artifact(deb).digest()).orElseThrow().end())
        .isBefore(Instant.now().plus(DAY));
    passes(DAY);
    assertThat(sync()).isEqualTo(5);
    held();
  }

  @Test
  void whereWhatWasFoundOutIsLostOrDamagedEveryVetoCounts() throws Exception {
    assertThat(sync()).isZero();
    passes(DAY);
    acceptedAfterSync();
    byte[] good = Files.readAllBytes(findings());
    for (int length = 0; length < good.length; length++) {
      Files.write(findings(), Arrays.copyOf(good, length));
      assertThat(verify(deb)).isEqualTo(1);
    }
    Files.delete(findings());
    assertThat(verify(deb)).isEqualTo(1);
    heldAfterSync();
  }

  @Test
  void statusNamesWhoHoldsWhat() throws Exception {
    sync();
    assertThat(out).contains("held by vetoes: 1; whonix2-update status names who holds what");
    status();
    assertThat(out)
        .contains("held    hello 1.0 amd64, SHA-256 " + artifact(deb).digest())
        .contains("by beta-1 of beta, entry 1 of " + TestLog.ORIGIN)
        .contains("its log and .buildinfo were missing at ");
    status("--json");
    assertThat(out)
        .contains("\"package\":\"hello 1.0 amd64\"")
        .contains("\"rebuilder\":\"beta-1\"")
        .contains("\"evidence\":\"missing\"");
    log.blob = digest -> 200;
    sync();
    status();
    assertThat(out).contains("its log and .buildinfo are there to be looked into");
    edit("veto: {operators: 1}", "veto: {operators: 2}");
    sync("--json");
    assertThat(out).contains("\"held\":[]");
  }

  @Test
  void whereNoVetoDecidesNothingIsAsked() throws Exception {
    edit("{all: [alpha]}", "{threshold: 2}");
    assertThat(sync()).isZero();
    assertThat(log.blobsAsked).isEmpty();
    assertThat(findings()).doesNotExist();
  }

  @Test
  void reviewersOverrideOneVetoOnOneFile() throws Exception {
    log.blob = digest -> 200;
    StringBuilder people = new StringBuilder();
    for (String name : List.of("r1", "r2")) {
      SecretKey key = KeyFolder.create(folder.resolve(name), name, Instant.now(), made -> {});
      people.append(
          "{name: %s, fingerprint: %s, certificate: %s/certificate.asc},"
              .formatted(name, key.certificate().fingerprint(), name));
    }
    edit("veto: {", "reviewers: {threshold: 2, of: [" + people + "]}\nveto: {");
    sync();
    held();
    log.entries.add(override("r1", Duration.ofDays(2)));
    sync();
    held();
    log.entries.add(override("r2", Duration.ofDays(3)));
    sync();
    accepted();
    assertThat(tickets().find(artifact(deb).digest()).orElseThrow().end())
        .isBefore(Instant.now().plus(Duration.ofDays(2)));
    run(with("explain", "hello"));
    assertThat(out).contains("a veto that reviewers override until ");
    veto(2);
    sync();
    held();
  }

  private byte[] override(String reviewer, Duration time) throws Exception {
    Path signed = folder.resolve("signed.json");
    int code =
        run(
            "exempt",
            "sign",
            "--key",
            folder.resolve(reviewer).toString(),
            "--reason",
            "both builds were looked into",
            "--until",
            Instant.now().plus(time).truncatedTo(ChronoUnit.SECONDS).toString(),
            "--override",
            rebuilder(1).toString(),
            "--bits",
            otherBits(artifact(deb), 1).digest().toString(),
            "--out",
            signed.toString(),
            artifact(deb).digest().toString());
    assertThat(err).isEmpty();
    assertThat(code).isZero();
    return Files.readAllBytes(signed);
  }
}
