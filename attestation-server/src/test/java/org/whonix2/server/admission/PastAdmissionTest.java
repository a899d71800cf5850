package org.whonix2.server.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.MemberName;
import org.whonix2.core.statement.RosterChange;
import org.whonix2.core.statement.Statement;
import org.whonix2.io.progress.Progress;
import org.whonix2.server.Attestations;
import org.whonix2.server.Revoked;
import org.whonix2.server.TestDatabase;
import org.whonix2.server.TestLog;
import org.whonix2.server.api.LogApi;
import org.whonix2.server.roster.LoggedRoster;
import org.whonix2.server.store.Database;
import org.whonix2.server.store.EntryRules.Taken;
import org.whonix2.server.store.LogCheck;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.PublishedNote;
import org.whonix2.server.store.TreeHead;

/** Who was let into a log, judged from its database alone. */
class PastAdmissionTest {
  private static final SigningKey LOG = TestLog.key(TestLog.ORIGIN, SignatureType.ED25519);
  private static final SecretKey OPERATOR = Attestations.rebuilder("the operator");
  private static final SecretKey LATER_OPERATOR = Attestations.rebuilder("the operator, later");
  private static final SecretKey ALPHA = Attestations.rebuilder("alpha");
  private static final SecretKey BETA = Attestations.rebuilder("beta");

  /** All keys have expired by then. */
  private static final Instant LATER = Attestations.KEYS_MADE.plus(Duration.ofDays(20_000));

  @TempDir Path folder;
  @TempDir Path scratch;

  /** Somebody writes these into the database, and the log's key signs the tree. */
  private void write(byte[]... entries) throws Exception {
    write(Stream.of(entries).map(LogEntry::logged).toArray(LogEntry[]::new));
  }

  private void write(LogEntry... entries) throws Exception {
    try (LogStore store =
        LogStore.open(TestDatabase.open(folder), LogApi.indexes(Clock.systemUTC()))) {
      TreeHead head = store.append(store.head(), List.of(entries)).orElseThrow();
      byte[] note = new Checkpoint(TestLog.ORIGIN, head.size(), head.root()).sign(LOG).toBytes();
      store.publish(new PublishedNote(head.size(), note), (old, ours) -> ours);
    }
  }

  private LogCheck.Outcome check(Certificate... operators) throws Exception {
    return check(folder, TrustedLog.of(LOG.verifierKey()), operators);
  }

  private LogCheck.Outcome check(Path state, TrustedLog log, Certificate... operators)
      throws Exception {
    try (Database database = TestDatabase.open(state)) {
      return LogCheck.run(
          database,
          LogApi.indexes(Clock.systemUTC()),
          new LogCheck.Evidence(
              log,
              List.of(),
              List.of(),
              reader ->
                  new PastAdmission(
                      new LoggedRoster(reader), log.origin(), List.of(operators), LATER)),
          scratch,
          Progress.silent());
    }
  }

  private static void assertTaken(LogCheck.Outcome outcome, long inOrder, long late, long unknown) {
    assertThat(outcome).isInstanceOf(LogCheck.Outcome.Proven.class);
    assertThat(((LogCheck.Outcome.Proven) outcome).taken())
        .isEqualTo(Map.of(Taken.IN_ORDER, inOrder, Taken.LATE, late, Taken.UNVERIFIED, unknown));
  }

  private static byte[] change(
      long serial, String name, RosterChange.Change change, SecretKey signer) {
    return change(TestLog.ORIGIN, serial, name, change, signer);
  }

  private static byte[] change(
      String log, long serial, String name, RosterChange.Change change, SecretKey signer) {
    RosterChange said = new RosterChange(log, serial, new MemberName(name), change);
    return Attestations.envelope(Statement.PAYLOAD_TYPE, said.toJson(), signer);
  }

  private static byte[] admit(long serial, String name, SecretKey member) {
    return change(serial, name, new RosterChange.Admit(member.certificate()), OPERATOR);
  }

  private static byte[] dismiss(long serial, String name, SecretKey member) {
    Certificate certificate = member.certificate();
    return change(
        serial,
        name,
        new RosterChange.Dismiss(certificate.fingerprint(), Sha256.of(certificate.toBytes())),
        OPERATOR);
  }

  /** Whatever became of its signer since. */
  @Test
  void allThatAServerTookInIsInOrder() throws Exception {
    SecretKey operator;
    TrustedLog trusted;
    Path state;
    try (TestLog log = new TestLog(folder)) {
      operator = log.operator();
      trusted = log.trusted();
      state = log.state();
      SecretKey member = log.rebuilder();
      log.expectNew(Attestations.signed(member, 1));
      log.expectNew(Attestations.bootstrap(member, 2));
      log.expectNew(Attestations.snapshot(member, 1, "bookworm", 5));
      log.expectNew(Attestations.update(member.certificate(), member));
      log.dismiss("alpha-1", member);
      log.admit("again", member);
      log.expectNew(Attestations.signed(member, 3));
      SecretKey twice = Attestations.rebuilder("twice");
      log.admit("twice", twice);
      log.expectNew(Attestations.signed(twice, 1));
      log.expectNew(Attestations.failed(twice, 1));
      SecretKey lost = Attestations.rebuilder("lost");
      log.admit("lost", lost);
      log.expectNew(Attestations.signed(lost, 1));
      log.expectNew(Attestations.update(Revoked.compromised(lost), operator));
      log.dismiss("lost", lost);
      log.admit("back", lost);
      SecretKey retired = Attestations.rebuilder("retired");
      log.admit("retired", retired);
      log.expectNew(Attestations.signed(retired, 1));
      log.expectNew(Attestations.update(Revoked.superseded(retired), retired));
    }
    assertTaken(check(state, trusted, operator.certificate()), 19, 0, 0);
    assertTaken(check(state, trusted), 10, 0, 9);
    assertThat(check(state, trusted, ALPHA.certificate()))
        .isInstanceOf(LogCheck.Outcome.Wrong.class);
  }

  private static byte[] replaced(byte[] envelope, String what, String by) {
    String text = new String(envelope, UTF_8);
    assertThat(text).contains(what);
    return text.replace(what, by).getBytes(UTF_8);
  }

  /** As if the second key had signed what the first did. */
  private static byte[] inTheNameOf(byte[] envelope, SecretKey signer, SecretKey other) {
    return replaced(
        envelope,
        signer.certificate().fingerprint().hex(),
        other.certificate().fingerprint().hex());
  }

  private static String payload(byte[] envelope) {
    return new String(envelope, UTF_8).split("\"", -1)[3];
  }

  static Stream<Arguments> forged() {
    String alpha = ALPHA.certificate().fingerprint().hex();
    byte[] said = Attestations.signed(ALPHA, 1);
    RosterChange.Change comeIn = new RosterChange.Admit(BETA.certificate());
    return Stream.of(
        Arguments.of(
            "another's signature",
            inTheNameOf(Attestations.signed(ALPHA, 1, BETA), BETA, ALPHA),
            "the signature names key"),
        Arguments.of(
            "the signature of something else",
            replaced(said, payload(said), payload(Attestations.signed(ALPHA, 2))),
            "the signature does not fit the message"),
        Arguments.of(
            "somebody who was never let in", Attestations.signed(BETA, 1), "no certificate known"),
        Arguments.of("his own admission", change(2, "beta", comeIn, BETA), "no certificate known"),
        Arguments.of(
            "his admission by a member",
            change(2, "beta", comeIn, ALPHA),
            "expected a roster change by the log's operator"),
        Arguments.of(
            "his admission in the operator's name",
            inTheNameOf(change(2, "beta", comeIn, BETA), BETA, OPERATOR),
            "the signature names key"),
        Arguments.of(
            "an admission to another log",
            change("log.example.org/other", 2, "beta", comeIn, OPERATOR),
            "/predicate/log"),
        Arguments.of(
            "an admission of later", change(3, "beta", comeIn, OPERATOR), "/predicate/serial"),
        Arguments.of(
            "an update of a stranger by the operator",
            Attestations.update(BETA.certificate(), OPERATOR),
            "a member's certificate update by the operator"),
        Arguments.of("others' work", Attestations.signed(BETA, 1, ALPHA), "expected a rebuild"),
        Arguments.of(
            "another key id",
            replaced(said, alpha, alpha.toUpperCase(Locale.ROOT)),
            "/signatures/0/keyid"),
        Arguments.of("no envelope", "hello".getBytes(UTF_8), "no statement"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forged")
  void whatNobodyHadTheRightToSayIsWrong(String name, byte[] entry, String why) throws Exception {
    write(admit(1, "alpha", ALPHA), Attestations.signed(ALPHA, 5), entry);
    LogCheck.Outcome outcome = check(OPERATOR.certificate());
    assertThat(outcome).isInstanceOf(LogCheck.Outcome.Wrong.class);
    assertThat(((LogCheck.Outcome.Wrong) outcome).what())
        .startsWith("entry 2: expected what this log takes in, found that ")
        .contains(why);
  }

  @Test
  void anotherWritingOfAnEnvelopeIsWrong() throws Exception {
    write(admit(1, "alpha", ALPHA));
    byte[] said = replaced(Attestations.signed(ALPHA, 5), "{\"payload\"", "{ \"payload\"");
    LogEntry logged = LogEntry.logged(said);
    write(new LogEntry(said, logged.identity(), logged.said()));
    assertThat(check(OPERATOR.certificate()))
        .isEqualTo(
            new LogCheck.Outcome.Wrong(
                "entry 1: expected an envelope as a log writes it, found another writing"));
  }

  /** They were judged before what stands before them now. */
  @Test
  void whatAnEarlierRosterLetInIsLate() throws Exception {
    write(
        admit(1, "alpha", ALPHA),
        admit(1, "beta", BETA),
        Attestations.update(ALPHA.certificate(), ALPHA),
        dismiss(2, "alpha", ALPHA),
        Attestations.signed(ALPHA, 1),
        Attestations.update(Revoked.compromised(ALPHA), OPERATOR),
        Attestations.signed(ALPHA, 2),
        admit(3, "beta", BETA),
        Attestations.signed(BETA, 1),
        Attestations.failed(BETA, 1),
        Attestations.signed(BETA, 2));
    LogCheck.Outcome outcome = check(OPERATOR.certificate());
    assertTaken(outcome, 6, 5, 0);
    assertThat(((LogCheck.Outcome.Proven) outcome).firstLate()).hasValue(1);
  }

  @Test
  void anOperatorMayHaveHadAnotherKeyBefore() throws Exception {
    write(
        admit(1, "alpha", ALPHA),
        change(2, "beta", new RosterChange.Admit(BETA.certificate()), LATER_OPERATOR),
        Attestations.signed(BETA, 1));
    assertTaken(check(OPERATOR.certificate(), LATER_OPERATOR.certificate()), 3, 0, 0);
    assertThat(check(LATER_OPERATOR.certificate())).isInstanceOf(LogCheck.Outcome.Wrong.class);
  }
}
