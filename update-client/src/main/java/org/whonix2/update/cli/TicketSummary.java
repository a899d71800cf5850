package org.whonix2.update.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;
import org.whonix2.core.policy.Mode;
import org.whonix2.core.ticket.Ticket;
import org.whonix2.core.ticket.Tickets;

/**
 * The tickets in a line.
 *
 * @param live how many have not ended
 * @param until when the last of them ends, if there is one
 */
record TicketSummary(
    Mode mode, Instant made, int live, Optional<Instant> until, Optional<String> refusal) {
  static TicketSummary of(Tickets tickets, Instant now) {
    int live = (int) tickets.all().stream().filter(ticket -> now.isBefore(ticket.end())).count();
    Optional<Instant> until = tickets.all().stream().map(Ticket::end).max(Instant::compareTo);
    return new TicketSummary(tickets.mode(), tickets.made(), live, until, tickets.refusal());
  }

  String text() {
    if (refusal.isPresent()) {
      return "none, everything is refused: " + refusal.get();
    }
    String count = live + " packages accepted";
    return until.map(end -> count + ", the last until " + end).orElse(count);
  }

  void describe(ObjectNode node) {
    node.put("mode", mode.toString());
    node.put("made", made.toString());
    node.put("live", live);
    until.ifPresent(end -> node.put("until", end.toString()));
    refusal.ifPresent(why -> node.put("refusal", why));
  }
}
