package org.whonix2.server.admission;

import java.time.Instant;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.dsse.Verification;
import org.whonix2.core.dsse.VerifiedEnvelope;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SignatureCheck;
import org.whonix2.core.statement.CertificateUpdate;
import org.whonix2.core.statement.CompilerBootstrap;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.RosterChange;
import org.whonix2.core.statement.SnapshotHeader;
import org.whonix2.core.statement.Statement;
import org.whonix2.server.roster.Member;
import org.whonix2.server.roster.Roster;
import org.whonix2.server.roster.SetAside;
import org.whonix2.server.store.LogEntry;

/** By what a log judges submissions. */
public final class AdmissionRules {
  private final String origin;
  private final Optional<Certificate> operator;
  private final RateLimits limits;

  /**
   * @param origin the log's
   * @param operator whose roster changes it takes; of nobody where empty
   */
  public AdmissionRules(String origin, Optional<Certificate> operator, RateLimits limits) {
    this.origin = origin;
    this.operator = operator;
    this.limits = limits;
  }

  /**
   * Judges what somebody sent.
   *
   * <p>A statement is logged once: its identity is its signer and what was signed. An envelope can
   * be written in many ways by anybody, with other spaces or other unsigned parts of the signature,
   * and each would be an entry that every box has to fetch for ever.
   */
  public Admission judge(Envelope envelope, Roster roster, Instant now) {
    Admission admission;
    try {
      admission = judged(envelope, roster, now);
    } catch (MalformedInputException e) {
      admission = malformed(e);
    }
    return admission instanceof Admission.Admitted ? admission : ofNobody().orElse(admission);
  }

  /** What becomes of a request whose body is no envelope. */
  public Admission refuse(MalformedInputException why) {
    return ofNobody().orElse(malformed(why));
  }

  private static Admission malformed(MalformedInputException why) {
    return new Admission.Malformed(String.valueOf(why.getMessage()));
  }

  /**
   * Counts what is about to be logged against its signer. Only that is: whatever else carries his
   * signature, anybody can have copied from a log.
   *
   * @return the refusal if it is one too many
   */
  public Optional<Admission> ofSigner(Admission.Admitted admitted) {
    return limits
        .ofSigner(admitted.signer())
        .map(wait -> new Admission.TooMany("too many submissions by " + admitted.signer(), wait));
  }

  /**
   * Counts what changes nothing, whoever sent it: everybody's refusals are one crowd. Whoever is on
   * the roster is not shut out by a flood of them.
   *
   * @return the refusal without its reason if it is one too many
   */
  public Optional<Admission> ofNobody() {
    return limits
        .ofNobody()
        .map(wait -> new Admission.TooMany("too many submissions that change nothing", wait));
  }

  private Admission judged(Envelope envelope, Roster roster, Instant now)
      throws MalformedInputException {
    Optional<Admission> setAside = setAside(envelope, roster);
    if (setAside.isPresent()) {
      return setAside.get();
    }
    Verification verification =
        VerifiedEnvelope.verify(envelope, primary -> check(primary, roster, now));
    return verification instanceof Verification.Verified verified
        ? judgeSaid(verified.envelope(), roster)
        : new Admission.Forbidden(((Verification.Rejected) verification).reason());
  }

  private static Optional<Admission> setAside(Envelope envelope, Roster roster) {
    try {
      Fingerprint claimed = Fingerprint.parse(envelope.signatures().get(0).keyid());
      Optional<SetAside> why = roster.setAside(claimed);
      return why.map(
          found -> new Admission.Forbidden("key " + claimed + " is set aside: " + found));
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
  }

  private Optional<SignatureCheck> check(Fingerprint primary, Roster roster, Instant now) {
    if (isOperator(primary)) {
      return operator.map(known -> (signature, message) -> known.verify(signature, message, now));
    }
    // As the next entry would be judged: behind everything that the log says about the key.
    return roster
        .member(primary)
        .map(
            member ->
                (signature, message) ->
                    member.history().verify(signature, message, Long.MAX_VALUE, now));
  }

  private boolean isOperator(Fingerprint primary) {
    return operator.map(known -> known.fingerprint().equals(primary)).orElse(false);
  }

  /**
   * Judges what was said by whoever is known to have said it.
   *
   * @throws MalformedInputException if it is no statement, or not in canonical form
   */
  Admission judgeSaid(VerifiedEnvelope verified, Roster roster) throws MalformedInputException {
    Fingerprint signer = verified.signer();
    // The one part of the canonical form that has two spellings.
    String keyid = verified.envelope().signatures().get(0).keyid();
    if (!keyid.equals(signer.hex())) {
      throw new MalformedInputException(
          "/signatures/0/keyid: expected lower-case digits, found " + keyid);
    }
    Statement statement = Statement.parse(verified.payloadType(), verified.payload());
    Optional<Admission> objection =
        statement instanceof RosterChange change
            ? objectionTo(change, signer, roster)
            : objectionTo(statement, signer, roster);
    return objection.orElseGet(
        () -> new Admission.Admitted(LogEntry.of(verified.envelope(), signer, statement), signer));
  }

  private Optional<Admission> objectionTo(Statement statement, Fingerprint signer, Roster roster) {
    Optional<Fingerprint> about = about(statement);
    if (isOperator(signer)) {
      // Whoever lost his key can still have its revocation logged.
      boolean update =
          statement instanceof CertificateUpdate && about.flatMap(roster::member).isPresent();
      return update
          ? Optional.empty()
          : Optional.of(
              new Admission.Forbidden(
                  "expected a roster change or a member's certificate update by the operator,"
                      + " found "
                      + statement.kind()
                      + about.map(other -> " of " + other).orElse("")));
    }
    return about
        .filter(other -> !other.equals(signer))
        .map(
            other ->
                new Admission.Forbidden(
                    "expected "
                        + statement.kind()
                        + " by its signer "
                        + signer
                        + ", found one by "
                        + other));
  }

  /** Whose work or certificate a statement is about; empty where anybody may say it. */
  private static Optional<Fingerprint> about(Statement statement) {
    return switch (statement.kind()) {
      case REBUILD_ATTESTATION, REBUILD_FAILURE ->
          Optional.of(((RebuildStatement) statement).rebuilder());
      case COMPILER_BOOTSTRAP -> Optional.of(((CompilerBootstrap) statement).rebuilder());
      case SNAPSHOT_HEADER -> Optional.of(((SnapshotHeader) statement).rebuilder());
      case CERTIFICATE_UPDATE ->
          Optional.of(((CertificateUpdate) statement).certificate().fingerprint());
      case POLICY_RELEASE, EXEMPTION, VETO_OVERRIDE, ROSTER_CHANGE -> Optional.empty();
    };
  }

  private Optional<Admission> objectionTo(RosterChange change, Fingerprint signer, Roster roster) {
    if (!isOperator(signer)) {
      return Optional.of(
          new Admission.Forbidden(
              "expected a roster change by the log's operator, found one by " + signer));
    }
    if (!change.log().equals(origin)) {
      return Optional.of(
          new Admission.Malformed(
              "/predicate/log: expected " + origin + ", found " + change.log()));
    }
    if (change.serial() != roster.serial() + 1) {
      return conflict(
          "/predicate/serial: expected " + (roster.serial() + 1) + ", found " + change.serial());
    }
    return change.change() instanceof RosterChange.Admit
        ? objectionToAdmission(change, roster)
        : objectionToDismissal(change, roster);
  }

  private Optional<Admission> objectionToAdmission(RosterChange change, Roster roster) {
    Fingerprint primary = change.change().primary();
    if (isOperator(primary)) {
      return conflict("expected a member's certificate, found the operator's own " + primary);
    }
    Optional<SetAside> setAside = roster.setAside(primary);
    if (setAside.isPresent()) {
      return conflict("key " + primary + " is set aside: " + setAside.get());
    }
    Optional<Member> there = roster.member(primary).or(() -> roster.member(change.member()));
    return there.flatMap(
        member ->
            conflict(member.fingerprint() + " is on the roster already, as " + member.name()));
  }

  private static Optional<Admission> objectionToDismissal(RosterChange change, Roster roster) {
    Optional<Member> member = roster.member(change.member());
    if (member.isEmpty()) {
      return conflict(change.member() + " is not on the roster");
    }
    boolean meant =
        member.get().fingerprint().equals(change.change().primary())
            && member.get().certificate().equals(change.change().digest());
    return meant
        ? Optional.empty()
        : conflict(
            "expected the certificate "
                + member.get().fingerprint()
                + " as it was admitted, found "
                + change.change().primary());
  }

  private static Optional<Admission> conflict(String detail) {
    return Optional.of(new Admission.Conflict(detail));
  }
}
