package org.whonix2.update.cli;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.ticket.Issuance;
import org.whonix2.core.ticket.Tickets;
import org.whonix2.core.verdict.Evidence;
import org.whonix2.core.verdict.Held;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.progress.Progress;
import org.whonix2.update.store.BoxStore;
import org.whonix2.update.store.Floors;
import org.whonix2.update.sync.VetoFiles;

/**
 * The tickets that a sync leaves behind, and what they rest on. Where none can be made there are
 * none.
 */
record IssuedTickets(Issuance issuance, Evidence evidence) {
  /** Judges everything that is kept and replaces the tickets. */
  static IssuedTickets issue(
      PolicyDocument document, BoxStore store, VetoFiles files, Progress progress)
      throws CommandException, IOException {
    Instant now = Instant.now();
    try {
      Evidence.Collector collector = new KeptEvidence(document.policy(), now).collect(store);
      IssuedTickets issued = judge(document, collector, now);
      boolean isNew = !issued.held().isEmpty();
      while (isNew) {
        files.ask(issued.held(), store, issued.evidence.passed(), progress);
        store.vetoFindings().tell(collector);
        List<Held> before = issued.held();
        issued = judge(document, collector, now);
        // With one veto less, another may be what holds a file.
        isNew = !before.equals(issued.held());
      }
      raiseFloors(document.policy(), issued.evidence, issued.tickets(), store);
      store.replaceTickets(issued.tickets());
      return issued;
    } catch (CommandException | IOException | RuntimeException e) {
      store.dropTickets();
      throw e;
    }
  }

  private static IssuedTickets judge(
      PolicyDocument document, Evidence.Collector collector, Instant now) {
    Evidence evidence = collector.evidence();
    return new IssuedTickets(
        Issuance.of(document.policy(), document.bound(), evidence, now), evidence);
  }

  Tickets tickets() {
    return issuance.tickets();
  }

  /** What only vetoes keep from having a ticket. */
  List<Held> held() {
    return issuance.held();
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
