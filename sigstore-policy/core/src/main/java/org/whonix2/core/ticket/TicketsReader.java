package org.whonix2.core.ticket;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.policy.Mode;

/** Reads a file of tickets line by line; anything but what {@link Tickets} writes is an error. */
final class TicketsReader {
  static final String MAGIC = "whonix2-tickets/v1";

  private final String text;
  private int position;
  private int number;

  private TicketsReader(String text) {
    this.text = text;
  }

  static Tickets read(byte[] file) throws MalformedInputException {
    if (file.length > Tickets.MAX_BYTES) {
      throw new MalformedInputException(
          "expected at most " + Tickets.MAX_BYTES + " bytes of tickets, found " + file.length);
    }
    // A byte outside ASCII becomes a character that no field takes.
    return new TicketsReader(new String(file, StandardCharsets.ISO_8859_1)).read();
  }

  private Tickets read() throws MalformedInputException {
    try {
      return readLines();
    } catch (MalformedInputException e) {
      throw e.at("line " + number);
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException(
          "line " + number + ": what is said contradicts itself: " + e.getMessage(), e);
    }
  }

  private Tickets readLines() throws MalformedInputException {
    String magic = line();
    if (!magic.equals(MAGIC)) {
      throw new MalformedInputException("expected '" + MAGIC + "', found " + Quoted.of(magic));
    }
    Mode mode = Mode.parse(value("mode", line()));
    Optional<BoundPolicy> policy = Optional.empty();
    String line = line();
    if (line.startsWith("policy ")) {
      policy = Optional.of(BoundPolicy.parse(value("policy", line)));
      line = line();
    }
    Instant made = Seconds.parse(value("made", line));
    List<PackageName> protect = new ArrayList<>();
    line = line();
    while (line.startsWith("protect ")) {
      PackageName name = PackageName.parse(value("protect", line));
      if (!protect.isEmpty() && name.compareTo(protect.get(protect.size() - 1)) <= 0) {
        throw new MalformedInputException("expected names in ascending order, found " + name);
      }
      protect.add(name);
      line = line();
    }
    Optional<String> refusal = Optional.empty();
    if (line.startsWith("refuse ")) {
      refusal = Optional.of(RefusalText.parse(value("refuse", line)));
      line = line();
    }
    if (!line.isEmpty()) {
      throw new MalformedInputException("expected an empty line, found " + Quoted.of(line));
    }
    return new Tickets(mode, policy, made, protect, refusal, readTickets());
  }

  private List<Ticket> readTickets() throws MalformedInputException {
    List<Ticket> tickets = new ArrayList<>();
    Sha256 before = null;
    while (position < text.length()) {
      Ticket ticket = Ticket.parse(line());
      if (before != null && ticket.digest().compareTo(before) <= 0) {
        throw new MalformedInputException("expected digests in ascending order, found " + ticket);
      }
      before = ticket.digest();
      tickets.add(ticket);
    }
    return tickets;
  }

  private static String value(String word, String line) throws MalformedInputException {
    if (!line.startsWith(word + " ")) {
      throw new MalformedInputException(
          "expected '" + word + " <value>', found " + Quoted.of(line));
    }
    return line.substring(word.length() + 1);
  }

  private String line() throws MalformedInputException {
    number++;
    int end = text.indexOf('\n', position);
    if (end < 0) {
      throw new MalformedInputException("expected a line and its line feed, found the end");
    }
    String line = text.substring(position, end);
    position = end + 1;
    return line;
  }
}
