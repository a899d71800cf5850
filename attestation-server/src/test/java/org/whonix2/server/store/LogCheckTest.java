package org.whonix2.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.Frontier;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.io.progress.Progress;
import org.whonix2.server.TestDatabase;
import org.whonix2.server.TestLog;

/** A log of 300 entries with a published checkpoint and an index, in which one thing is changed. */
class LogCheckTest {
  private static final SigningKey KEY = TestLog.key(TestLog.ORIGIN, SignatureType.ED25519);
  private static final SigningKey WITNESS =
      TestLog.key("w1.example.org", SignatureType.COSIGNATURE);
  private static final int SIZE = 300;
  private static final Duration IDLE = Duration.ofMillis(200);

  @TempDir Path folder;
  @TempDir Path scratch;

  /** How long each entry is, in a table of its own. */
  private record Lengths(boolean isInStep) implements EntryIndex {
    Lengths() {
      this(true);
    }

    @Override
    public String name() {
      return "lengths-1";
    }

    @Override
    public void clear(Handle handle) {
      handle.execute(
          "create table if not exists entry_length (leaf_index bigint primary key, bytes integer)");
      handle.execute("delete from entry_length");
    }

    @Override
    public void add(Handle handle, long from, List<LogEntry> entries) {
      for (int i = 0; i < entries.size(); i++) {
        handle.execute(
            "insert into entry_length values (?, ?)", from + i, entries.get(i).content().length);
      }
    }
  }

  @BeforeEach
  void fill() throws Exception {
    try (LogStore store = LogStore.open(TestDatabase.open(folder), List.of(new Lengths()))) {
      List<LogEntry> entries =
          IntStream.range(0, SIZE)
              .mapToObj(i -> ("entry " + i).getBytes(StandardCharsets.UTF_8))
              .map(LogEntry::opaque)
              .toList();
      TreeHead head = store.append(store.head(), entries).orElseThrow();
      Checkpoint checkpoint = new Checkpoint(TestLog.ORIGIN, head.size(), head.root());
      SignedNote signed = checkpoint.sign(KEY);
      List<NoteSignature> all = new ArrayList<>(signed.signatures());
      all.add(WITNESS.cosign(checkpoint, Instant.now()));
      store.publish(
          new PublishedNote(SIZE, signed.withSignatures(all).toBytes()), (old, ours) -> ours);
    }
  }

  private LogCheck.Outcome check(SigningKey key, VerifierKey... witnesses) throws Exception {
    try (Database database = TestDatabase.open(folder)) {
      return check(database, new Lengths(), key, List.of(), witnesses);
    }
  }

  private LogCheck.Outcome check(
      Database database,
      EntryIndex index,
      SigningKey key,
      List<Checkpoint> kept,
      VerifierKey... witnesses)
      throws Exception {
    return LogCheck.run(
        database,
        List.of(index),
        new LogCheck.Evidence(
            TrustedLog.of(key.verifierKey()),
            List.of(witnesses),
            kept,
            reader -> entry -> EntryRules.Taken.IN_ORDER),
        scratch,
        Progress.silent());
  }

  private LogCheck.Outcome checkWithKept(long size, Sha256 root) throws Exception {
    try (Database database = TestDatabase.open(folder)) {
      return check(
          database, new Lengths(), KEY, List.of(new Checkpoint(TestLog.ORIGIN, size, root)));
    }
  }

  private static String wrong(LogCheck.Outcome outcome) {
    assertThat(outcome).isInstanceOf(LogCheck.Outcome.Wrong.class);
    return ((LogCheck.Outcome.Wrong) outcome).what();
  }

  @Test
  void aLogThatAgreesIsProven() throws Exception {
    LogCheck.Outcome outcome = check(KEY, WITNESS.verifierKey());
    assertThat(outcome).isInstanceOf(LogCheck.Outcome.Proven.class);
    LogCheck.Outcome.Proven proven = (LogCheck.Outcome.Proven) outcome;
    assertThat(proven.head().size()).isEqualTo(SIZE);
    assertThat(proven.tiles()).isEqualTo(3);
    assertThat(proven.checkpoint()).isEqualTo(SIZE);
    assertThat(proven.taken()).containsEntry(EntryRules.Taken.IN_ORDER, (long) SIZE);
    assertThat(proven.cosigned()).containsExactly("w1.example.org");
    assertThat(proven.missing()).isEmpty();
    assertThat(proven.indexes()).containsExactly("lengths-1");
    assertThat(proven.behind()).isEmpty();
    assertThat(proven.tables()).contains("entry_length");
  }

  /** An index that is slow to be made anew. */
  private record Slow(Lengths index) implements EntryIndex {
    @Override
    public String name() {
      return index.name();
    }

    @Override
    public boolean isInStep() {
      return index.isInStep();
    }

    @Override
    public void clear(Handle handle) {
      index.clear(handle);
      try {
        Thread.sleep(5 * IDLE.toMillis());
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void add(Handle handle, long from, List<LogEntry> entries) {
      index.add(handle, from, entries);
    }
  }

  /** PostgreSQL ends sessions that sleep in a transaction, here very soon; this one may. */
  @Test
  void aLargeLogTakesItsTime() throws Exception {
    try (Database impatient = Impatient.of(TestDatabase.open(folder), IDLE)) {
      assertThat(check(impatient, new Slow(new Lengths()), KEY, List.of()))
          .isInstanceOf(LogCheck.Outcome.Proven.class);
    }
  }

  @Test
  void aWitnessThatDidNotCosignIsMissing() throws Exception {
    VerifierKey other = TestLog.key("w2.example.org", SignatureType.COSIGNATURE).verifierKey();
    LogCheck.Outcome.Proven proven =
        (LogCheck.Outcome.Proven) check(KEY, other, WITNESS.verifierKey());
    assertThat(proven.cosigned()).containsExactly("w1.example.org");
    assertThat(proven.missing()).containsExactly("w2.example.org");
  }

  /** The root of the first entries of this log. */
  private static Sha256 root(int size) {
    Frontier tree = Frontier.empty();
    for (int i = 0; i < size; i++) {
      tree = tree.appendEntry(("entry " + i).getBytes(StandardCharsets.UTF_8));
    }
    return tree.root();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 256, SIZE - 1, SIZE})
  void aLogThatExtendsWhatWasKeptElsewhereIsProven(int size) throws Exception {
    assertThat(checkWithKept(size, root(size))).isInstanceOf(LogCheck.Outcome.Proven.class);
    assertThat(wrong(checkWithKept(size, root(size + 1))))
        .startsWith("the checkpoint kept elsewhere: expected its root")
        .contains("at size " + size);
  }

  @Test
  void aLogThatWentBackBehindWhatWasKeptElsewhereIsWrong() throws Exception {
    assertThat(wrong(checkWithKept(SIZE + 1, root(SIZE + 1))))
        .contains("expected a tree of its size 301 or more, found one of 300");
  }

  @Test
  void anotherKeysLogIsWrong() throws Exception {
    assertThat(wrong(check(TestLog.key(TestLog.ORIGIN, SignatureType.ED25519))))
        .contains("checkpoint");
  }

  @Test
  void aBadCosignatureIsWrong() throws Exception {
    try (LogStore store = LogStore.open(TestDatabase.open(folder), List.of(new Lengths()))) {
      SignedNote note = SignedNote.parse(store.published().orElseThrow().note());
      List<NoteSignature> all = new ArrayList<>(note.signatures().subList(0, 1));
      Checkpoint other = new Checkpoint(TestLog.ORIGIN, 0, store.head().root());
      all.add(WITNESS.cosign(other, Instant.now()));
      store.publish(
          new PublishedNote(SIZE, note.withSignatures(all).toBytes()), (old, ours) -> ours);
    }
    assertThat(wrong(check(KEY, WITNESS.verifierKey()))).contains("w1.example.org", "bad");
    assertThat(check(KEY)).as("nobody asked").isInstanceOf(LogCheck.Outcome.Proven.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "delete from entry where leaf_index = 5 | entry 5:",
        "update entry set content = identity where leaf_index = 7 | entry 7: expected the hash",
        "update entry set leaf_hash = identity where leaf_index = 8 | entry 8: expected the hash",
        "update entry set identity = leaf_hash where leaf_index = 9 | entry 9: expected the identity",
        "delete from entry where leaf_index = 299 | tree head:",
        "update tree_head set root = (select identity from entry where leaf_index = 1) | tree head:",
        "delete from tile where tile_level = 1 | tile 1/0:",
        "update tile set hashes = substring(hashes from 1 for 32) where tile_number = 1 | tile 0/1:",
        "insert into tile select 2, 0, leaf_hash from entry where leaf_index = 1 | tiles: expected 3",
        "delete from checkpoint | checkpoint: expected one",
        "update checkpoint set tree_size = 299 | checkpoint: expected the tree of its size 299",
        "update checkpoint set note = (select content from entry where leaf_index = 1) | checkpoint:",
        "update entry_length set bytes = 3 where leaf_index = 4 | table entry_length:",
        "delete from entry_length where leaf_index = 299 | table entry_length: expected the 300 rows",
        "insert into entry_length values (300, 1) | leaf_index=300",
        "update indexed set tree_size = 299 | index lengths-1: expected it at size 300",
        "insert into indexed values ('other-1', 300) | index other-1:",
      })
  void whatIsWrongIsNamed(String damage, String place) throws Exception {
    try (Database database = TestDatabase.open(folder);
        Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(damage)).isPositive();
    }
    assertThat(wrong(check(KEY, WITNESS.verifierKey()))).contains(place);
  }

  private LogCheck.Outcome checkAtSize100(String change, boolean inStep) throws Exception {
    try (Database database = TestDatabase.open(folder)) {
      try (Connection connection = database.dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("delete from entry_length where leaf_index >= 100");
        statement.execute("update indexed set tree_size = 100");
        statement.execute(change);
      }
      return check(database, new Lengths(inStep), KEY, List.of());
    }
  }

  @Test
  void anIndexThatFollowsIsHeldAgainstAsMuchAsItKnows() throws Exception {
    LogCheck.Outcome outcome = checkAtSize100("select 1", false);
    assertThat(outcome).isInstanceOf(LogCheck.Outcome.Proven.class);
    assertThat(((LogCheck.Outcome.Proven) outcome).behind())
        .containsExactly(Map.entry("lengths-1", SIZE - 100L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update entry_length set bytes = 1 where leaf_index = 99",
        "delete from entry_length where leaf_index = 99",
        "insert into entry_length values (100, 9)"
      })
  void anIndexThatFollowsMustBeRightAsFarAsItKnows(String change) throws Exception {
    assertThat(wrong(checkAtSize100(change, false))).startsWith("table entry_length: expected");
  }

  @Test
  void anIndexThatFollowsCannotKnowMoreThanThereIs() throws Exception {
    assertThat(wrong(checkAtSize100("update indexed set tree_size = 100000", false)))
        .isEqualTo("index lengths-1: expected it at size " + SIZE + " or less, found 100000");
  }

  @Test
  void anIndexInStepMustKnowEverything() throws Exception {
    assertThat(wrong(checkAtSize100("select 1", true)))
        .isEqualTo("index lengths-1: expected it at size " + SIZE + ", found 100");
  }
}
