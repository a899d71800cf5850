package org.whonix2.core.ticket;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.policy.Mode;

/** Everything a gate goes by. */
public final class Tickets {
  /** The most bytes a file of tickets may have; a suite takes about 8 MiB. */
  public static final int MAX_BYTES = 64 << 20;

  private final Mode mode;
  private final Optional<BoundPolicy> policy;
  private final Instant made;
  private final SortedSet<PackageName> protect;
  private final Optional<String> refusal;
  private final SortedMap<Sha256, Ticket> tickets;

  Tickets(
      Mode mode,
      Optional<BoundPolicy> policy,
      Instant made,
      Collection<PackageName> protect,
      Optional<String> refusal,
      Collection<Ticket> tickets) {
    this.mode = mode;
    this.policy = policy;
    this.made = Seconds.of(made);
    this.protect = Collections.unmodifiableSortedSet(new TreeSet<>(protect));
    this.refusal = refusal.map(RefusalText::of);
    SortedMap<Sha256, Ticket> sorted = new TreeMap<>();
    tickets.forEach(ticket -> sorted.put(ticket.digest(), ticket));
    this.tickets = Collections.unmodifiableSortedMap(sorted);
    if (refusal.isPresent() && !tickets.isEmpty()) {
      throw new IllegalArgumentException("expected no tickets beside a refusal of everything");
    }
    if (policy.isEmpty() && refusal.isEmpty()) {
      throw new IllegalArgumentException("expected a policy, or why there is none");
    }
  }

  /**
   * Tickets that accept nothing, where there is no policy to go by.
   *
   * @param why for people
   * @param protect what was protected before
   */
  public static Tickets refusingAll(String why, Collection<PackageName> protect, Instant now) {
    return new Tickets(Mode.ENFORCE, Optional.empty(), now, protect, Optional.of(why), List.of());
  }

  /** Reads a file; the inverse of {@link #toBytes}. */
  public static Tickets parse(byte[] file) throws MalformedInputException {
    return TicketsReader.read(file);
  }

  public byte[] toBytes() {
    StringBuilder text = new StringBuilder(TicketsReader.MAGIC).append('\n');
    text.append("mode ").append(mode).append('\n');
    policy.ifPresent(bound -> text.append("policy ").append(bound).append('\n'));
    text.append("made ").append(made.getEpochSecond()).append('\n');
    protect.forEach(name -> text.append("protect ").append(name).append('\n'));
    refusal.ifPresent(why -> text.append("refuse ").append(why).append('\n'));
    text.append('\n');
    tickets.values().forEach(ticket -> text.append(ticket).append('\n'));
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  public Mode mode() {
    return mode;
  }

  public Optional<BoundPolicy> policy() {
    return policy;
  }

  public Instant made() {
    return made;
  }

  public SortedSet<PackageName> protect() {
    return protect;
  }

  /** Why everything is refused, if it is. */
  public Optional<String> refusal() {
    return refusal;
  }

  public Collection<Ticket> all() {
    return tickets.values();
  }

  /** The ticket of the file with this digest. */
  public Optional<Ticket> find(Sha256 digest) {
    return Optional.ofNullable(tickets.get(digest));
  }
}
