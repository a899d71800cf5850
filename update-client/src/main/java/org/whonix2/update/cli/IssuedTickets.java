package org.whonix2.update.cli;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.ticket.Tickets;
import org.whonix2.core.verdict.Evidence;
import org.whonix2.core.verdict.Grounds;
import org.whonix2.core.verdict.Reason;
import org.whonix2.io.cli.CommandException;
import org.whonix2.update.store.BoxStore;
import org.whonix2.update.store.Floors;

/**
 * The tickets that a sync leaves behind, and what they rest on. Where none can be made there are
 * none.
 *
 * @param refusals why everything is refused; empty if it is not
 */
record IssuedTickets(Tickets tickets, Evidence evidence, List<Reason> refusals) {
  /** Judges everything that is kept and replaces the tickets. */
  static IssuedTickets issue(PolicyDocument document, BoxStore store)
      throws CommandException, IOException {
    Instant now = Instant.now();
    UpdatePolicy policy = document.policy();
    try {
      Evidence evidence = new KeptEvidence(policy, now).read(store);
      Tickets tickets = Tickets.issue(policy, document.bound(), evidence, now);
      raiseFloors(policy, evidence, tickets, store);
      store.replaceTickets(tickets);
      return new IssuedTickets(tickets, evidence, Grounds.of(policy, evidence, now).reasons());
    } catch (CommandException | IOException | RuntimeException e) {
      store.dropTickets();
      throw e;
    }
  }

  /**
   * Before the tickets are replaced: a box that acted on a policy never takes an older one. A
   * policy under which everything is refused was never in force, and locks out no older one.
   */
  private static void raiseFloors(
      UpdatePolicy policy, Evidence evidence, Tickets tickets, BoxStore store)
      throws CommandException, IOException {
    Floors floors = KeptEvidence.floors(store);
    Floors raised = floors.raised(evidence.passed());
    if (tickets.refusal().isEmpty()) {
      raised = raised.raised(policy.name(), policy.serial());
    }
    if (!raised.equals(floors)) {
      store.raise(raised);
    }
  }

  /** Replaces the tickets by a refusal of everything; what was protected stays so. */
  static void refuseAll(String why, BoxStore store) throws IOException {
    store.replaceTickets(Tickets.refusingAll(why, protectedBefore(store), Instant.now()));
  }

  private static Set<PackageName> protectedBefore(BoxStore store) throws IOException {
    Set<PackageName> onlySelf = Set.of(UpdatePolicy.SELF);
    try {
      return store.tickets().<Set<PackageName>>map(Tickets::protect).orElse(onlySelf);
    } catch (MalformedInputException e) {
      return onlySelf;
    }
  }
}
