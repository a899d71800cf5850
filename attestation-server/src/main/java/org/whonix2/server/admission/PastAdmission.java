package org.whonix2.server.admission;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.dsse.Verification;
import org.whonix2.core.dsse.VerifiedEnvelope;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.KeyHistory;
import org.whonix2.core.openpgp.SignatureCheck;
import org.whonix2.core.statement.CertificateUpdate;
import org.whonix2.core.statement.RosterChange;
import org.whonix2.server.roster.LoggedRoster;
import org.whonix2.server.roster.Member;
import org.whonix2.server.roster.Roster;
import org.whonix2.server.store.EntryRules;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.Said;
import org.whonix2.server.store.StoreException;

/**
 * Judges what stands in a log as {@link AdmissionRules} judged it when it came: whoever can write
 * into the database cannot write in others' names.
 *
 * <p>Two things are not known any more. One is the time, so it is enough that a key could have
 * signed at some time since the signature's own date. The other is how long an entry waited for its
 * place after it was judged, so one that an earlier roster let in is late and not wrong.
 */
public final class PastAdmission implements EntryRules {
  private final LoggedRoster roster;
  private final Map<Fingerprint, Operator> operators = new HashMap<>();
  private final AdmissionRules membersRules;
  private final Instant now;

  private record Operator(KeyHistory history, AdmissionRules rules) {}

  /**
   * @param roster what is said of it by the entries before the one that is judged
   * @param origin the log's
   * @param operators who changed the roster, one after the other; where there are none, that cannot
   *     be verified
   */
  public PastAdmission(
      LoggedRoster roster, String origin, List<Certificate> operators, Instant now) {
    this.roster = roster;
    this.now = now;
    // Nobody's rate is looked at here.
    RateLimits limits = new RateLimits(RateLimits.SIGNER, RateLimits.UNVERIFIED);
    this.membersRules = new AdmissionRules(origin, Optional.empty(), limits);
    for (Certificate operator : operators) {
      this.operators.put(
          operator.fingerprint(),
          new Operator(
              KeyHistory.of(operator), new AdmissionRules(origin, Optional.of(operator), limits)));
    }
  }

  @Override
  public Judgement judge(LogEntry entry) throws StoreException {
    if (entry.said().isEmpty()) {
      return new Refused("it is no statement in an envelope");
    }
    Said said = entry.said().get();
    Envelope envelope = envelope(entry);
    Roster current = roster.current();
    Admission admission = judge(envelope, current);
    if (!(admission instanceof Admission.Refusal refusal)) {
      // One who is set aside was heard up to the entry that proves it.
      return current.setAside(said.signer()).isPresent() ? Taken.LATE : Taken.IN_ORDER;
    }
    if (isLate(envelope, said, current, refusal)) {
      return Taken.LATE;
    }
    return operators.isEmpty() && isOperators(said, current)
        ? Taken.UNVERIFIED
        : new Refused(refusal.detail());
  }

  private static Envelope envelope(LogEntry entry) {
    try {
      return Envelope.parse(entry.content());
    } catch (MalformedInputException e) {
      throw new IllegalStateException("what it says was read from it", e);
    }
  }

  private Admission judge(Envelope envelope, Roster then) {
    Verification verification =
        VerifiedEnvelope.verify(
            envelope,
            primary ->
                history(primary, then)
                    .<SignatureCheck>map(
                        history ->
                            (signature, message) ->
                                history.verifyAtSomeTime(signature, message, Long.MAX_VALUE, now)));
    if (verification instanceof Verification.Verified verified) {
      Optional<Operator> operator =
          Optional.ofNullable(operators.get(verified.envelope().signer()));
      try {
        return operator
            .map(Operator::rules)
            .orElse(membersRules)
            .judgeSaid(verified.envelope(), then);
      } catch (MalformedInputException e) {
        return new Admission.Malformed(String.valueOf(e.getMessage()));
      }
    }
    return new Admission.Forbidden(((Verification.Rejected) verification).reason());
  }

  private Optional<KeyHistory> history(Fingerprint primary, Roster then) {
    return Optional.ofNullable(operators.get(primary))
        .map(Operator::history)
        .or(() -> then.member(primary).map(Member::history));
  }

  private boolean isLate(Envelope envelope, Said said, Roster current, Admission.Refusal refusal)
      throws StoreException {
    if (said.statement() instanceof RosterChange change) {
      // Of two changes with one serial the second changes nothing.
      return refusal instanceof Admission.Conflict && change.serial() <= current.serial();
    }
    Fingerprint member =
        operators.containsKey(said.signer()) && said.statement() instanceof CertificateUpdate update
            ? update.certificate().fingerprint()
            : said.signer();
    return roster.ever(member, then -> judge(envelope, then) instanceof Admission.Admitted);
  }

  /** Whether this can be an operator's word. */
  private static boolean isOperators(Said said, Roster current) {
    boolean update =
        said.statement() instanceof CertificateUpdate brought
            && !brought.certificate().fingerprint().equals(said.signer());
    return (update || said.statement() instanceof RosterChange)
        && current.member(said.signer()).isEmpty();
  }
}
