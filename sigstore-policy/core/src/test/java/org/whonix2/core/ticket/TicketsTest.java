package org.whonix2.core.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.policy.Mode;

class TicketsTest {
  private static final Instant MADE = Instant.ofEpochSecond(1_795_348_800);
  private static final Instant END = MADE.plusSeconds(3600);
  private static final String FILE =
      """
      whonix2-tickets/v1
      mode enforce
      policy aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa /etc/my policy.yaml
      made 1795348800
      protect jre
      protect whonix2-update

      1111111111111111111111111111111111111111111111111111111111111111 a.b+c 1:2~rc1-3 all 1795352400
      2222222222222222222222222222222222222222222222222222222222222222 net-tools 2.10-1 amd64 1795352400
      """;
  private static final String REFUSING =
      """
      whonix2-tickets/v1
      mode enforce
      made 1795348800
      protect whonix2-update
      refuse there is no policy at /etc/whonix2/policy.yaml

      """;

  private static Tickets parse(String file) throws MalformedInputException {
    return Tickets.parse(file.getBytes(StandardCharsets.UTF_8));
  }

  private static Ticket ticket(int number) {
    return new Ticket(
        Sha256.of(new byte[] {(byte) number, (byte) (number >> 8)}),
        new PackageIdentity(
            new PackageName("p" + number), new PackageVersion("1.0"), new Architecture("all")),
        END);
  }

  @Test
  void readsWhatItWrites() throws Exception {
    for (String file : List.of(FILE, REFUSING)) {
      assertThat(parse(file).toBytes()).asString(StandardCharsets.US_ASCII).isEqualTo(file);
    }
    Tickets tickets = parse(FILE);
    assertThat(tickets.mode()).isEqualTo(Mode.ENFORCE);
    assertThat(tickets.policy()).map(BoundPolicy::path).contains("/etc/my policy.yaml");
    assertThat(tickets.made()).isEqualTo(MADE);
    assertThat(tickets.protect())
        .extracting(PackageName::value)
        .containsExactly("jre", "whonix2-update");
    assertThat(tickets.refusal()).isEmpty();
    assertThat(tickets.all()).hasSize(2);
    assertThat(parse(REFUSING).refusal())
        .contains("there is no policy at /etc/whonix2/policy.yaml");
  }

  @Test
  void writesTicketsInTheOrderOfTheirDigestsWhateverTheOrderTheyCameIn() throws Exception {
    List<Ticket> some =
        new ArrayList<>(IntStream.range(0, 500).mapToObj(TicketsTest::ticket).toList());
    Collections.shuffle(some, new Random(1));
    Tickets tickets =
        new Tickets(
            Mode.OBSERVE,
            Optional.of(BoundPolicy.of(new byte[0], "/p")),
            MADE,
            Set.of(),
            Optional.empty(),
            some);
    assertThat(tickets.all()).extracting(Ticket::digest).isSorted();
    assertThat(Tickets.parse(tickets.toBytes()).all()).containsExactlyElementsOf(tickets.all());
    assertThat(tickets.find(some.get(7).digest())).contains(some.get(7));
    assertThat(tickets.find(Sha256.of(new byte[9]))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "whonix2-tickets/v1 | whonix2-tickets/v2 | line 1: expected 'whonix2-tickets/v1'",
        "mode enforce | mode watch | line 2: expected enforce or observe",
        "mode enforce | mode  enforce | line 2: expected enforce or observe",
        "policy aaaa | policy AAAA | line 3: expected '<sha256> <path>'",
        "/etc/my | etc/my | line 3: expected an absolute path",
        "made 1795348800 | made 01795348800 | line 4: expected seconds",
        "made 1795348800 | made -1 | line 4: expected seconds",
        "made 1795348800 | made 9999999999999 | line 4: expected seconds",
        "made 1795348800 | built 1795348800 | line 4: expected 'made <value>'",
        "protect jre | protect zsh | line 6: expected names in ascending order",
        "protect jre | protect whonix2-update | line 6: expected names in ascending order",
        "protect jre | protect JRE | line 5: expected a package name",
        "protect jre | refuse everything | line 6: expected an empty line",
        "protect jre | allow jre | line 5: expected an empty line",
        "2222222222222222222222222222222222222222222222222222222222222222 | 1111111111111111111111111111111111111111111111111111111111111111 | line 9: expected digests in ascending order",
        "2222222222222222222222222222222222222222222222222222222222222222 | 0222222222222222222222222222222222222222222222222222222222222222 | line 9: expected digests in ascending order",
        "amd64 1795352400 | amd64 1795352400 more | line 9: expected a ticket",
        "amd64 1795352400 | amd64 | line 9: expected a ticket",
        "2.10-1 | 2.10/1 | line 9: expected a version",
        "net-tools | Net-tools | line 9: expected a package name",
      })
  void anythingElseIsRefusedWithItsLine(String from, String to, String complaint) {
    assertThat(FILE).contains(from);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(FILE.replace(from, to)))
        .withMessageContaining(complaint);
  }

  @Test
  void ticketsBesideARefusalOfEverythingContradictIt() {
    String both = FILE.replace("protect whonix2-update\n", "protect whonix2-update\nrefuse all\n");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(both))
        .withMessageContaining("contradicts itself");
    String unbound = FILE.replaceAll("policy .*\n", "");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(unbound))
        .withMessageContaining("expected a policy, or why there is none");
  }

  @Test
  void everyTruncationInsideALineIsRefused() throws Exception {
    int header = FILE.indexOf("\n\n") + 2;
    for (int length = 0; length < FILE.length(); length++) {
      String cut = FILE.substring(0, length);
      if (length >= header && cut.endsWith("\n")) {
        // A whole line fewer is a file with a ticket fewer.
        assertThat(parse(cut).all()).hasSizeLessThan(2);
      } else {
        assertThatExceptionOfType(MalformedInputException.class).isThrownBy(() -> parse(cut));
      }
    }
  }

  @Test
  void aReasonFromOutsideStaysOnOneLineOfAscii() throws Exception {
    Tickets tickets = Tickets.refusingAll(" wh\u00e4t\u001b[1m\nmode observe\n\n", Set.of(), MADE);
    assertThat(parse(new String(tickets.toBytes(), StandardCharsets.US_ASCII)).refusal())
        .contains("wh?t?[1m");
    assertThat(Tickets.refusingAll("\n", Set.of(), MADE).refusal()).contains("no reason given");
    assertThat(Tickets.refusingAll("x".repeat(5000), Set.of(), MADE).refusal().orElseThrow())
        .hasSize(400);
  }

  @Test
  void aPathThatAGateCouldMisreadIsNoPath() {
    for (String path : List.of("", "policy.yaml", "/a\nb", "/\u00e4", "/" + "a".repeat(2000))) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> BoundPolicy.of(new byte[0], path))
          .withMessageContaining("expected an absolute path");
    }
  }
}
