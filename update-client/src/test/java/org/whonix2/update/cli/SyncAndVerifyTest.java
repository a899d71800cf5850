package org.whonix2.update.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.policy.Mode;
import org.whonix2.core.ticket.BoundPolicy;
import org.whonix2.core.ticket.Ticket;
import org.whonix2.core.ticket.Tickets;

/** The two commands as a user types them, against a log that behaves and one that does not. */
class SyncAndVerifyTest extends BoxTest {
  @Test
  void acceptsAtQuorumWithTheVotesNamed() throws Exception {
    logBoth();
    assertThat(sync()).isZero();
    assertThat(verify(deb)).isZero();
    assertThat(out).startsWith("accepted ").contains("alpha-1 of alpha").contains("beta-1 of beta");
  }

  @Test
  void tellsTheSameInJson() throws Exception {
    logBoth();
    assertThat(sync("--json")).isZero();
    assertThat(new ObjectMapper().readTree(out).at("/logs/0/outcome").asText())
        .isEqualTo("advanced");
    assertThat(verify(deb, "--json")).isZero();
    JsonNode report = new ObjectMapper().readTree(out);
    assertThat(report.at("/files/0/accepted").asBoolean()).isTrue();
    assertThat(report.at("/files/0/votes")).hasSize(2);
  }

  @Test
  void refusesBelowQuorum() throws Exception {
    log.entries.add(attestation(0, 1));
    assertThat(sync()).isZero();
    assertThat(verify(deb)).isEqualTo(1);
    assertThat(out)
        .contains("refused: 1 of 2 operators")
        .contains("hint: ")
        .contains("beta")
        .contains("read more: man whonix2-update");
  }

  @Test
  void nothingIsAcceptedBeforeTheFirstSync() {
    assertThat(verify(deb)).isEqualTo(3);
    assertThat(out).contains("never followed").contains("run whonix2-update sync");
  }

  @Test
  void withoutAPolicyEverythingIsRefused() throws Exception {
    Files.delete(folder.resolve("policy.yaml"));
    assertThat(verify(deb)).isEqualTo(1);
    assertThat(err).startsWith("error: there is no policy at ").contains("hint: ");
    assertThat(sync()).isEqualTo(1);
  }

  @Test
  void aBrokenPolicyIsAnErrorWithItsLine() throws Exception {
    Path policy = folder.resolve("policy.yaml");
    Files.writeString(policy, Files.readString(policy).replace("threshold: 2}", "threshold: 0}"));
    assertThat(verify(deb)).isEqualTo(2);
    assertThat(err).containsPattern("policy.yaml: line \\d+: quorum.threshold");
  }

  @Test
  void whatIsNotAPackageIsMalformedAndTheOthersAreStillJudged() throws Exception {
    logBoth();
    assertThat(sync()).isZero();
    Path text = Files.writeString(folder.resolve("text.deb"), "hello");
    assertThat(verify(text, deb.toString())).isEqualTo(2);
    assertThat(err).contains("text.deb: not a Debian package");
    assertThat(out).contains("accepted ");
    assertThat(verify(folder.resolve("missing.deb"))).isEqualTo(5);
  }

  @Test
  void everyStepOverATilesEdgeIsTakenIn() throws Exception {
    logBoth();
    for (int size : new int[] {2, 3, 255, 256, 257, 511, 512, 600}) {
      while (log.entries.size() < size) {
        log.entries.add(("other " + log.entries.size()).getBytes(StandardCharsets.UTF_8));
      }
      assertThat(sync()).as("size %d", size).isZero();
      assertThat(verify(deb)).as("size %d", size).isZero();
      assertThat(sync()).as("size %d again", size).isZero();
      assertThat(out).contains("no new entries");
    }
    try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
      assertThat(files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "lock", "tickets", "floors", "checkpoint", "times", "000", "001", "88");
    }
  }

  @Test
  void anUnreachableLogLeavesWhatWasKnownInForce() throws Exception {
    logBoth();
    assertThat(sync()).isZero();
    log.close();
    assertThat(sync()).isEqualTo(5);
    assertThat(err).contains("error: ").contains("hint: check the network");
    assertThat(verify(deb)).isZero();
  }

  @Test
  void anAddressThatDoesNotServeIsNamedWhereTheOthersHaveNothingNew() throws Exception {
    logBoth();
    edit(log.url(), log.url() + "\", \"http://127.0.0.1:1");
    assertThat(sync()).isZero();
    assertThat(sync()).isZero();
    assertThat(out).contains("no new entries").contains("; not served by http://127.0.0.1:1");
  }

  @Test
  void tooFewWitnessesDoNotAdvanceTheBox() throws Exception {
    log.entries.add(attestation(0, 1));
    assertThat(sync()).isZero();
    log.entries.add(attestation(1, 1));
    log.cosigners = List.of(log.w1);
    assertThat(sync()).isEqualTo(3);
    assertThat(err).contains("expected cosignatures by 2 of ");
    assertThat(verify(deb)).isEqualTo(1);
    log.cosigners = List.of(log.w1, log.w2);
    assertThat(sync()).isZero();
    assertThat(verify(deb)).isZero();
  }

  @Test
  void oldCosignaturesMakeTheEvidenceStale() throws Exception {
    signedAt = Instant.now().minus(Duration.ofDays(9));
    logBoth();
    log.cosignedAt = Instant.now().minus(Duration.ofDays(8));
    assertThat(sync()).isEqualTo(3);
    assertThat(verify(deb)).isEqualTo(3);
    assertThat(out).contains("older than PT168H");
    log.cosignedAt = Instant.now();
    assertThat(sync()).isZero();
    assertThat(verify(deb)).isZero();
  }

  @Test
  void aLogThatWentBackRefusesEverythingUntilItIsBack() throws Exception {
    logBoth();
    assertThat(sync()).isZero();
    List<byte[]> whole = log.entries;
    log.entries = new ArrayList<>(whole.subList(0, 1));
    assertThat(sync()).isEqualTo(4);
    assertThat(err).contains("went back to an older checkpoint").contains("kept:\n");
    assertThat(verify(deb)).isEqualTo(4);
    assertThat(out).contains("went back to an older checkpoint");
    log.entries = whole;
    assertThat(sync()).isZero();
    assertThat(verify(deb)).isZero();
  }

  @Test
  void aForkRefusesEverythingForGood() throws Exception {
    logBoth();
    assertThat(sync()).isZero();
    List<byte[]> honest = log.entries;
    log.entries = new ArrayList<>(List.of(attestation(0, 7), attestation(1, 7), honest.get(0)));
    assertThat(sync()).isEqualTo(4);
    assertThat(err).contains("signed two histories");
    log.entries = honest;
    assertThat(sync()).isEqualTo(4);
    assertThat(verify(deb)).isEqualTo(4);
    assertThat(out).contains("signed two histories");
  }

  @Test
  void entriesThatAreNotTheLogsProveNothingAndChangeNothing() throws Exception {
    logBoth();
    assertThat(sync()).isZero();
    log.entries.add("third".getBytes(StandardCharsets.UTF_8));
    log.bundleFilter =
        bundle -> {
          byte[] changed = bundle.clone();
          changed[changed.length - 1] ^= 1;
          return changed;
        };
    assertThat(sync()).isEqualTo(5);
    assertThat(verify(deb)).isZero();
    log.bundleFilter = bundle -> bundle;
    assertThat(sync()).isZero();
  }

  @Test
  void aDamagedStoreAcceptsNothing() throws Exception {
    logBoth();
    assertThat(sync()).isZero();
    Path bundle = entriesFile().orElseThrow();
    byte[] good = Files.readAllBytes(bundle);
    for (int at = 0; at < good.length; at += 97) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      Files.write(bundle, bad);
      assertThat(verify(deb)).as("byte %d", at).isEqualTo(3);
    }
    Files.delete(bundle);
    assertThat(verify(deb)).isNotZero();
    Files.write(bundle, good);
    assertThat(verify(deb)).isZero();
  }

  @Test
  void aSyncLeavesATicketForWhatVerifyAccepts() throws Exception {
    logBoth();
    assertThat(sync()).isZero();
    assertThat(out).contains("tickets: 1 packages accepted, the last until ");
    Tickets tickets = tickets();
    assertThat(tickets.find(Sha256.of(Files.readAllBytes(deb))))
        .map(ticket -> ticket.identity().toString())
        .contains("hello 1.0 amd64");
    Path policy = folder.resolve("policy.yaml");
    assertThat(tickets.policy())
        .contains(BoundPolicy.of(Files.readAllBytes(policy), policy.toString()));
    assertThat(Files.getPosixFilePermissions(folder.resolve("state/update/tickets")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(sync("--json")).isZero();
    assertThat(new ObjectMapper().readTree(out).at("/tickets/live").asInt()).isEqualTo(1);
  }

  @Test
  void aLostPolicyVoidsTheTicketsButNotWhatIsProtected() throws Exception {
    logBoth();
    Path policy = folder.resolve("policy.yaml");
    String whole = Files.readString(policy);
    Files.writeString(policy, whole + "protect: [jre]\n");
    assertThat(sync()).isZero();
    assertThat(tickets().all()).hasSize(1);
    Files.delete(policy);
    assertThat(sync()).isEqualTo(1);
    assertThat(tickets().all()).isEmpty();
    assertThat(tickets().refusal().orElseThrow()).startsWith("there is no policy at ");
    assertThat(tickets().mode()).isEqualTo(Mode.ENFORCE);
    assertThat(tickets().protect()).hasToString("[jre, whonix2-update]");
    Files.writeString(policy, "mode: observe\n");
    assertThat(sync()).isEqualTo(2);
    assertThat(tickets().refusal()).isPresent();
    assertThat(tickets().mode()).isEqualTo(Mode.ENFORCE);
    Files.writeString(policy, whole);
    assertThat(sync()).isZero();
    assertThat(tickets().all()).hasSize(1);
  }

  @Test
  void aForkVoidsTheTickets() throws Exception {
    logBoth();
    assertThat(sync()).isZero();
    List<byte[]> honest = log.entries;
    log.entries = new ArrayList<>(List.of(attestation(0, 7), attestation(1, 7), honest.get(0)));
    assertThat(sync()).isEqualTo(4);
    assertThat(tickets().all()).isEmpty();
    assertThat(tickets().refusal().orElseThrow()).contains("signed two histories");
  }

  @Test
  void theTicketsOfAnUnreachableLogKeepTheirEnd() throws Exception {
    logBoth();
    assertThat(sync()).isZero();
    Collection<Ticket> before = tickets().all();
    log.close();
    assertThat(sync()).isEqualTo(5);
    assertThat(tickets().all()).hasSize(1).containsExactlyElementsOf(before);
  }

  @Test
  void observingIsSaidAtEverySync() throws Exception {
    logBoth();
    Path policy = folder.resolve("policy.yaml");
    Files.writeString(policy, Files.readString(policy).replace("mode: enforce", "mode: observe"));
    assertThat(sync()).isZero();
    assertThat(out).contains("mode observe: the gates only report");
    assertThat(tickets().mode()).isEqualTo(Mode.OBSERVE);
  }

  @Test
  void explainTellsOfAFileAndOfAPackage() throws Exception {
    logBoth();
    assertThat(sync()).isZero();
    assertThat(run(with("explain", deb.toString()))).isZero();
    assertThat(out).startsWith("accepted " + deb).contains("alpha-1 of alpha");
    assertThat(run(with("explain", "hello"))).isZero();
    assertThat(out).startsWith("accepted hello 1.0 amd64").contains("beta-1 of beta");
    assertThat(run(with("explain", "unheard-of"))).isEqualTo(1);
    assertThat(err).contains("no rebuilder of the policy says anything of unheard-of");
    assertThat(run(with("explain", "Not a name"))).isEqualTo(2);
    assertThat(err).contains("expected a package name");
  }

  @Test
  void explainOfARefusedPackageNamesWhoIsMissing() throws Exception {
    log.entries.add(attestation(0, 1));
    assertThat(sync()).isZero();
    assertThat(tickets().all()).isEmpty();
    assertThat(run(with("explain", "hello"))).isEqualTo(1);
    assertThat(out).contains("refused: 1 of 2 operators").contains("beta");
  }

  @Test
  void statusTellsOfPolicyLogsTicketsAndGate() throws Exception {
    assertThat(run(with("status"))).isEqualTo(3);
    assertThat(out).contains("never followed").contains("tickets none");
    logBoth();
    assertThat(sync()).isZero();
    int code = run(with("status", "--json"));
    JsonNode report = new ObjectMapper().readTree(out);
    assertThat(report.at("/policy/mode").asText()).isEqualTo("enforce");
    assertThat(report.at("/logs/0/standing").asText()).isEqualTo("followed");
    assertThat(report.at("/tickets/live").asInt()).isEqualTo(1);
    assertThat(report.at("/refused")).isEmpty();
    // Whatever machine this is: it does not say all is well unless its gate enforces.
    assertThat(code).isEqualTo(report.at("/gate/enforcing").asBoolean() ? 0 : 1);
  }
}
