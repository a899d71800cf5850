package org.whonix2.update.attack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The disk gives back other bytes than were written: files that end early, and flipped bits. What
 * was not accepted before is not accepted then, and the next sync mends it or says what to do.
 */
class DamagedStoreTest extends AttackTest {
  private static final int BLOCK = 4096;
  private static final Pattern REMOVE = Pattern.compile("remove (/\\S+)");
  private static final Pattern DAMAGED = Pattern.compile("is damaged: (/\\S+floors): ");

  private Path evil = Path.of("");
  private Path vetoed = Path.of("");
  private Path young = Path.of("");
  private Path whole = Path.of("");

  /** A store with something in each of its files: two trees, a sync that broke off, a rollback. */
  @BeforeEach
  void aStore() throws Exception {
    evil = build("evil", "evil.deb");
    vetoed = build("vetoed", "vetoed.deb");
    young = build("young", "young.deb");
    signedAt = Instant.now().minus(Duration.ofDays(3));
    edit("serial: 1", "serial: 7");
    edit("veto: ", "rules: [{packages: ['*'], source: {minAge: 24h}}]\nveto: ");
    logBoth();
    log.entries.addAll(List.of(attestation(0, 2, evil), attestation(0, 3, vetoed)));
    log.entries.addAll(List.of(attestation(1, 3, vetoed), mismatch(2, 3, vetoed)));
    log.entries.addAll(List.of(attestation(2, 5), attestation(0, 4, young)));
    log.blob = digest -> 200;
    log.cosignedAt = Instant.now().minus(Duration.ofHours(25));
    assertThat(sync()).isZero();
    log.entries.add(attestation(1, 4, young));
    fill(300);
    log.cosignedAt = Instant.now();
    assertThat(sync()).isZero();
    List<byte[]> newest = log.entries;
    log.entries = new ArrayList<>(newest.subList(0, 200));
    assertThat(sync()).isEqualTo(4);
    log.entries = newest;
    assertThat(sync()).isZero();
    fill(600);
    AtomicInteger left = new AtomicInteger(1);
    log.bundleFilter =
        bundle -> {
          if (left.getAndDecrement() <= 0) {
            throw new IllegalStateException("closes the connection");
          }
          return bundle;
        };
    assertThat(sync()).isEqualTo(5);
    log.bundleFilter = bundle -> bundle;
    whole = folder.resolve("whole");
    copy(state(), whole);
  }

  private void fill(int size) {
    while (log.entries.size() < size) {
      log.entries.add(("entry " + log.entries.size()).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(
            file,
            to.resolve(from.relativize(file).toString()),
            StandardCopyOption.REPLACE_EXISTING,
            StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private static void remove(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /**
   * What becomes of one file.
   *
   * @param length how much of it is left
   * @param bit which bit is flipped; none if it is behind the end
   */
  private record Damage(Path file, int length, int bit) {
    byte[] of(byte[] good) {
      byte[] bad = Arrays.copyOf(good, length);
      if (bit < 8 * length) {
        bad[bit / 8] ^= (byte) (1 << (bit % 8));
      }
      return bad;
    }

    @Override
    public String toString() {
      return file + (bit < 8 * length ? ": bit " + bit + " flipped" : ": cut at " + length);
    }
  }

  /** At every so many bytes: the file ends there, or one bit is flipped. */
  private List<Damage> damages(Path file, int step) throws IOException {
    int size = (int) Files.size(whole.resolve(file));
    Set<Integer> places = new TreeSet<>(List.of(0, 1, size - 1));
    for (int at = 0; at < size; at += step) {
      places.add(at);
    }
    List<Damage> damages = new ArrayList<>();
    for (int at : places) {
      if (at >= 0 && at < size) {
        damages.add(new Damage(file, at, Integer.MAX_VALUE));
        damages.add(new Damage(file, size, 8 * at + (at / step + at) % 8));
      }
    }
    return damages;
  }

  /** Every bit of a sealed text. */
  private List<Damage> everyBit(Path file) throws IOException {
    int size = (int) Files.size(whole.resolve(file));
    int bits = 8 * sealed(whole.resolve(file)).length();
    return IntStream.range(0, bits).mapToObj(bit -> new Damage(file, size, bit)).toList();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(whole)) {
      return files.filter(Files::isRegularFile).map(whole::relativize).sorted().toList();
    }
  }

  /** That every file of a store is here: otherwise there may be one that no test damages. */
  @Test
  void everyFileOfTheStoreIsDamaged() throws Exception {
    assertThat(files().stream().map(file -> file.getFileName().toString()))
        .satisfiesExactlyInAnyOrder(
            name -> assertThat(name).isEqualTo("lock"),
            name -> assertThat(name).isEqualTo("tickets"),
            name -> assertThat(name).isEqualTo("floors"),
            name -> assertThat(name).isEqualTo("vetoes"),
            name -> assertThat(name).isEqualTo("times"),
            name -> assertThat(name).isEqualTo("checkpoint"),
            name -> assertThat(name).isEqualTo("000"),
            name -> assertThat(name).isEqualTo("44"),
            name -> assertThat(name).startsWith("rollback-"),
            name -> assertThat(name).isEqualTo("tile-entries-001"));
    accepted("as it is");
  }

  @Test
  void cutOrFlippedAtEveryBlock() throws Exception {
    for (Path file : files()) {
      for (Damage damage : damages(file, BLOCK)) {
        tryOut(damage);
      }
    }
  }

  @Tag("heavy")
  @Test
  void cutOrFlippedAtEveryByteOrNearlySo() throws Exception {
    for (Path file : files()) {
      for (Damage damage : damages(file, Files.size(whole.resolve(file)) < BLOCK ? 1 : 61)) {
        tryOut(damage);
      }
    }
  }

  /** One vote is too young by a day, and a bit would make it older. */
  @Test
  void everyBitOfWhenEntriesWereSeen() throws Exception {
    Path times = named("times");
    String text = sealed(whole.resolve(times));
    assertThat(text).startsWith("8 ");
    seal(state().resolve(times), text.replaceFirst("8", "9"));
    assertThat(verify(young)).as("where that is not noticed").isZero();
    for (Damage damage : everyBit(times)) {
      put(damage);
      accepted(damage.toString());
    }
  }

  /** The policy is an older one, which takes one vote, and a bit would let it in. */
  @Test
  void everyBitOfWhichPolicyWasInForce() throws Exception {
    edit("serial: 7", "serial: 3");
    edit(QUORUM, "quorum: {threshold: 1}");
    Path floors = named("floors");
    String text = sealed(whole.resolve(floors));
    assertThat(text).endsWith("policy test 7\n");
    seal(state().resolve(floors), text.replace("test 7", "test 3"));
    assertThat(verify(evil)).as("where that is not noticed").isZero();
    for (Damage damage : everyBit(floors)) {
      put(damage);
      assertThat(accepted(damage.toString())).as(damage.toString()).isEmpty();
    }
  }

  private Path named(String name) throws IOException {
    return files().stream().filter(file -> file.endsWith(name)).findFirst().orElseThrow();
  }

  private void put(Damage damage) throws IOException {
    remove(state());
    copy(whole, state());
    Path file = state().resolve(damage.file);
    Files.write(file, damage.of(Files.readAllBytes(file)));
  }

  private void tryOut(Damage damage) throws Exception {
    String what = damage.toString();
    put(damage);
    accepted(what);
    assertThat(status()).as(what).isNotZero();
    assertThat(run(with("explain", "evil", "vetoed", "young"))).as(what).isNotZero();
    assertThat(out).as(what).doesNotContain("accepted ");
    log.goSilent();
    assertThat(sync()).as(what).isIn(3, 5);
    assertThat(err).as(what).contains("error: ", "hint: ");
    accepted(what + ", after a sync that reached nobody");
    ticketsAreForTheAcceptedOnly(what);
    log.serveWell();
    mend(what);
    if (accepted(what + ", after a sync").isEmpty()) {
      // When the votes were seen first is lost.
      verify(deb);
      assertThat(out).as(what).contains("this box knows of the quorum since ");
    }
    ticketsAreForTheAcceptedOnly(what);
  }

  /** A sync, and what it says that one has to do. */
  private void mend(String what) throws IOException {
    int code = sync();
    if (code == 0) {
      return;
    }
    assertThat(code).as(what + err).isEqualTo(3);
    Matcher floors = DAMAGED.matcher(err);
    Matcher named = REMOVE.matcher(err);
    assertThat(floors.find() || named.find()).as(what + err).isTrue();
    Path told = Path.of(named.reset().find() ? named.group(1) : floors.group(1));
    assertThat(told.startsWith(state())).as(what + err).isTrue();
    remove(told);
    assertThat(sync()).as(what + err).isZero();
  }

  private void ticketsAreForTheAcceptedOnly(String what) throws Exception {
    if (Files.exists(state().resolve("update/tickets"))) {
      assertThat(tickets().all())
          .as(what)
          .allSatisfy(ticket -> assertThat(ticket.identity().name()).hasToString("hello"));
    }
  }

  /** Which of the four files are accepted: never one of three. */
  private Set<String> accepted(String what) throws IOException {
    run(
        with(
            "verify",
            "--json",
            deb.toString(),
            evil.toString(),
            vetoed.toString(),
            young.toString()));
    Set<String> accepted = new TreeSet<>();
    if (!out.isEmpty()) {
      for (JsonNode file : new ObjectMapper().readTree(out).at("/files")) {
        if (file.at("/accepted").asBoolean()) {
          accepted.add(
              String.valueOf(Path.of(file.at("/file").asText()).getFileName()).replace(".deb", ""));
        }
      }
    }
    assertThat(accepted).as(what).isSubsetOf(Set.of("hello"));
    return accepted;
  }

  /** A proof that a log misbehaved refuses everything, whatever is left of it. */
  @Test
  void aDamagedProof() throws Exception {
    for (String name : new String[] {"rollback", "fork"}) {
      remove(state());
      copy(whole, state());
      assertThat(accepted("without a proof")).containsExactly("hello");
      Path proof = store().folder().resolve(name);
      Files.writeString(proof, "kept:\n\nfound:\n".repeat(128));
      byte[] good = Files.readAllBytes(proof);
      for (int length = 0; length <= good.length; length += 97) {
        byte[] bad = Arrays.copyOf(good, length);
        if (length > 0) {
          bad[length / 2] ^= 1;
        }
        Files.write(proof, bad);
        assertThat(verify(deb)).as("%s of %d bytes", name, length).isEqualTo(4);
        assertThat(status()).isEqualTo(4);
      }
    }
  }
}
