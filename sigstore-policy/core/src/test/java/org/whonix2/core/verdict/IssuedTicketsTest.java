package org.whonix2.core.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.policy.Mode;
import org.whonix2.core.ticket.BoundPolicy;
import org.whonix2.core.ticket.Issuance;
import org.whonix2.core.ticket.Ticket;
import org.whonix2.core.ticket.Tickets;

/** A ticket is an accepting verdict, and nothing else is one. */
class IssuedTicketsTest {
  private static Tickets issue(World world) throws Exception {
    return issue(world, World.NOW);
  }

  private static Tickets issue(World world, Instant now) throws Exception {
    return Issuance.of(
            world.policy(), BoundPolicy.of(new byte[0], "/policy"), world.evidence(), now)
        .tickets();
  }

  @Test
  void whatAQuorumVotedForHasATicketAndNothingElse() throws Exception {
    World world = new World().agreed();
    BinaryArtifact other = World.file("other", 2);
    world.says("alpha-1").got(other).fromSource(2).asNumber(2).log();
    world.says("beta-1").got(other).fromSource(2).asNumber(2).log();
    Tickets tickets = issue(world);
    assertThat(tickets.all())
        .containsExactly(
            new Ticket(
                world.archiveFile.digest(),
                world.archiveFile.identity(),
                world.judge(world.archiveFile).until()));
    assertThat(tickets.refusal()).isEmpty();
    assertThat(tickets.made()).isEqualTo(World.NOW);
  }

  @Test
  void everyArtifactOfTheEvidenceIsJudgedAsVerifyJudgesIt() throws Exception {
    World world = new World().agreed();
    world.says("gamma-1").got(World.file("net-tools", 2)).asNumber(2).log();
    for (BinaryArtifact artifact : world.evidence().artifacts()) {
      assertThat(issue(world).find(artifact.digest()).isPresent())
          .isEqualTo(world.judge(artifact).accepted());
    }
    assertThat(issue(world).all()).isEmpty();
  }

  @Test
  void bitsThatTwoQuorumsNameDifferentlyHaveNoTicket() throws Exception {
    World world = new World().agreed();
    BinaryArtifact same =
        new BinaryArtifact(
            World.file("hello", 1).identity(),
            world.archiveFile.digest(),
            world.archiveFile.size());
    for (String rebuilder : new String[] {"alpha-1", "beta-1", "gamma-1"}) {
      world.says(rebuilder).got(same).fromSource(2).asNumber(2).log();
    }
    assertThat(world.judge(world.archiveFile).accepted()).isTrue();
    assertThat(world.judge(same).accepted()).isTrue();
    assertThat(issue(world).all()).isEmpty();
  }

  @Test
  void whereLogOrPolicyRefuseEverythingThereIsTheReasonInsteadOfTickets() throws Exception {
    World stale = new World().agreed();
    stale.standings.put(
        World.LOG,
        new Standing.Followed(9, Optional.of(World.NOW.minus(Duration.ofDays(8))), "by w1"));
    assertThat(issue(stale).all()).isEmpty();
    assertThat(issue(stale).refusal().orElseThrow()).contains("older than PT168H");
    World forked = new World().agreed();
    forked.standings.put(
        World.LOG, new Standing.Misbehaved("signed two histories", "proof\nproof"));
    assertThat(issue(forked).refusal()).contains("log log.example.org signed two histories");
    World unknown = new World().agreed();
    unknown.standings.put(World.LOG, new Standing.Absent("it was never followed"));
    assertThat(issue(unknown).refusal().orElseThrow()).contains("never followed");
    World expired = new World().agreed();
    expired.expires = World.NOW;
    assertThat(issue(expired).refusal().orElseThrow()).contains("expired");
    assertThat(issue(new World().agreed()).all()).hasSize(1);
  }

  @Test
  void aTicketEndsWithFreshnessOrThePolicy() throws Exception {
    World world = new World().agreed();
    assertThat(issue(world).all().iterator().next().end())
        .isEqualTo(World.NOW.minus(Duration.ofHours(1)).plus(Duration.ofDays(7)));
    world.expires = World.NOW.plusSeconds(60);
    assertThat(issue(world).all().iterator().next().end()).isEqualTo(world.expires);
  }

  @Test
  void modeAndProtectedPackagesAreThePolicys() throws Exception {
    World world = new World().agreed();
    world.mode = Mode.OBSERVE;
    world.protect = Set.of(new PackageName("jre"));
    assertThat(issue(world).mode()).isEqualTo(Mode.OBSERVE);
    assertThat(issue(world).protect())
        .extracting(PackageName::value)
        .containsExactly("jre", "whonix2-update");
  }
}
