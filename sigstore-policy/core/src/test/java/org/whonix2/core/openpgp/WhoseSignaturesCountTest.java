package org.whonix2.core.openpgp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.whonix2.core.openpgp.GnuPg.Reason;
import org.whonix2.core.openpgp.SignatureResult.Bad;
import org.whonix2.core.openpgp.SignatureResult.Good;

/**
 * A table of certificates and signatures that gpg and sq made: what is wrong with each, what we
 * say, and the same material without the defect, which counts.
 */
class WhoseSignaturesCountTest {
  private static final byte[] MESSAGE = "a message\n".getBytes(UTF_8);
  private static final Instant MADE = Instant.parse("2025-01-01T00:00:00Z");
  private static final Instant SIGNED = Instant.parse("2025-02-01T00:00:00Z");
  private static final Instant CHANGED = Instant.parse("2025-04-01T00:00:00Z");
  private static final Instant LOGGED = Instant.parse("2025-06-01T00:00:00Z");
  private static final int MONTHS = 59;
  private static final String END = "expired at 2025-03-01T00:00:00Z";
  private static final long BEFORE = 5;
  private static final long UPDATE = 10;
  private static final long AFTER = 15;

  @TempDir private static Path folder;
  private static GnuPg gpg;
  private static Sequoia sq;

  @BeforeAll
  static void tools() throws Exception {
    gpg = new GnuPg();
    sq = new Sequoia(folder, MADE);
  }

  @AfterAll
  static void noHome() throws Exception {
    gpg.remove();
  }

  /** A signature at a place of the log. */
  private static final class Entry {
    private final KeyHistory history;
    private final byte[] signature;
    private final byte[] message;
    private final long index;
    private final Instant loggedBy;

    Entry(KeyHistory history, byte[] signature, byte[] message, long index, Instant loggedBy) {
      this.history = history;
      this.signature = signature;
      this.message = message;
      this.index = index;
      this.loggedBy = loggedBy;
    }

    Entry(Certificate pinned, byte[] signature) {
      this(KeyHistory.of(pinned), signature, MESSAGE, BEFORE, LOGGED);
    }

    Entry at(long there) {
      return new Entry(history, signature, message, there, loggedBy);
    }

    Entry by(Instant time) {
      return new Entry(history, signature, message, index, time);
    }

    Entry updated(Certificate newer) throws Exception {
      return new Entry(history.updated(UPDATE, newer), signature, message, index, loggedBy);
    }

    Entry over(byte[] other) {
      return new Entry(history, signature, other, index, loggedBy);
    }

    SignatureResult verdict() {
      return history.verify(signature, message, index, loggedBy);
    }
  }

  private record Row(String tool, String wrong, Entry entry, String weSay, Entry canary) {
    DynamicTest test() {
      return dynamicTest(
          tool + ": " + wrong,
          () -> {
            assertThat(canary.verdict()).as("canary").isInstanceOf(Good.class);
            assertThat(entry.verdict())
                .isInstanceOfSatisfying(Bad.class, bad -> assertThat(bad.reason()).contains(weSay));
          });
    }
  }

  static Stream<CertificateMaker> makers() {
    return Stream.of(new GnuPgMaker(gpg, MADE), sq);
  }

  @TestFactory
  List<DynamicTest> defectsOfEitherTool() throws Exception {
    List<Row> rows = new ArrayList<>();
    for (CertificateMaker maker : makers().toList()) {
      String tool = maker.tool();
      dates(rows, maker);
      for (Reason reason : Reason.values()) {
        revocations(rows, maker, reason);
      }
      String one = maker.key("one", 0);
      String two = maker.key("two", 0);
      Entry good = new Entry(maker.certificate(one), maker.sign(one, SIGNED, MESSAGE));
      Entry others = new Entry(maker.certificate(two), good.signature);
      rows.add(new Row(tool, "another message", good.over(new byte[0]), "does not fit", good));
      rows.add(new Row(tool, "another's signature", others, "which is not in certificate", good));
      Certificate stolen = withSubkeyOf(maker.certificate(two), maker.certificate(one));
      Entry unbound = new Entry(stolen, good.signature);
      rows.add(new Row(tool, "another's subkey", unbound, "which is not in certificate", good));
      assertThat(stolen.verify(good.signature, MESSAGE, LOGGED))
          .isInstanceOfSatisfying(
              Bad.class,
              bad -> assertThat(bad.reason()).contains("has no valid binding signature"));
    }
    assertThat(rows).hasSizeGreaterThan(30);
    return rows.stream().map(Row::test).toList();
  }

  private static void dates(List<Row> rows, CertificateMaker maker) throws Exception {
    String tool = maker.tool();
    String brief = maker.key("brief", MONTHS);
    Entry entry = new Entry(maker.certificate(brief), maker.sign(brief, SIGNED, MESSAGE));
    rows.add(new Row(tool, "expired, and dated in its lifetime", entry, END, entry.by(SIGNED)));
    String lasting = maker.key("lasting", 0);
    Instant late = LOGGED.plus(Duration.ofDays(1));
    Entry future = new Entry(maker.certificate(lasting), maker.sign(lasting, late, MESSAGE));
    rows.add(new Row(tool, "dated in the future", future, "dated in the future", future.by(late)));
  }

  private static void revocations(List<Row> rows, CertificateMaker maker, Reason reason)
      throws Exception {
    boolean hard = reason == Reason.NONE || reason == Reason.COMPROMISED;
    String why =
        switch (reason) {
          case NONE -> "is revoked (no reason given)";
          case COMPROMISED -> "is revoked (key material compromised)";
          case SUPERSEDED -> "is revoked (key superseded)";
          case RETIRED -> "is revoked (key retired)";
        };
    for (String which : List.of("primary key", "subkey")) {
      boolean primary = which.equals("primary key");
      String key = maker.key(which + " " + reason.name().toLowerCase(Locale.ROOT), 0);
      Certificate pinned = maker.certificate(key);
      Entry entry = new Entry(pinned, maker.sign(key, SIGNED, MESSAGE));
      Fingerprint signer = ((Good) entry.verdict()).signingKey();
      Certificate newer =
          primary
              ? maker.revoked(key, CHANGED, reason)
              : maker.subkeyRevoked(key, signer, CHANGED, reason);
      Entry updated = entry.updated(newer);
      String wrong = which + " revoked, " + reason;
      rows.add(
          new Row(
              maker.tool(),
              wrong + ", signature behind it, backdated",
              updated.at(AFTER),
              which + " " + (primary ? pinned.fingerprint() : signer) + " " + why,
              // Only a soft one leaves what stood before it.
              hard ? entry.at(AFTER) : updated));
      rows.add(
          new Row(
              maker.tool(),
              wrong + " already when pinned",
              new Entry(newer, entry.signature),
              why,
              entry));
      if (hard) {
        rows.add(new Row(maker.tool(), wrong + ", signature before it", updated, why, entry));
      }
      assertThat(newer.verify(entry.signature, MESSAGE, LOGGED)).isInstanceOf(Bad.class);
    }
  }

  private static Certificate withSubkeyOf(Certificate certificate, Certificate other)
      throws Exception {
    List<Packet> packets = new ArrayList<>(Packet.readAll(certificate.toBytes()));
    List<Packet> more = Packet.readAll(other.toBytes());
    for (int i = 0; i < more.size(); i++) {
      if (more.get(i).tag() == Packet.PUBLIC_SUBKEY) {
        packets.addAll(more.subList(i, i + 2));
      }
    }
    return Certificate.parse(Packet.write(packets));
  }

  @TestFactory
  List<DynamicTest> defectsByGpg() throws Exception {
    List<Row> rows = new ArrayList<>();
    String key = gpg.primary(MADE, "kinds", "rsa2048", "never");
    gpg.signingSubkey(MADE, key, "rsa2048", "never");
    Certificate pinned = gpg.certificate(key);
    Entry good = new Entry(pinned, gpg.sign(SIGNED, key, MESSAGE));
    String[][] kinds = {
      {"text, not binary", "is of type 0x01", "--textmode"},
      {"hashed with SHA-1", "is hashed with SHA-1", "--digest-algo", "SHA1"},
      {
        "hashed with MD5", "is hashed with MD5", "--allow-weak-digest-algos", "--digest-algo", "MD5"
      },
      {"expired itself", END, "--default-sig-expire", "28d"},
      {"critical notation", "do not understand", "--sig-notation", "!limit@example.org=x"},
    };
    for (String[] kind : kinds) {
      String[] options = List.of(kind).subList(2, kind.length).toArray(new String[0]);
      Entry entry = new Entry(pinned, gpg.sign(SIGNED, key, MESSAGE, options));
      rows.add(new Row("gpg", kind[0], entry, kind[1], good));
    }
    rows.add(
        new Row(
            "gpg",
            "back-signature cut off",
            new Entry(withoutUnhashed(pinned), good.signature),
            "has no valid back-signature",
            good));

    gpg.edit(CHANGED, "--edit-key", key, "key 1\nchange-usage\nS\nA\nQ\nsave\n");
    Entry flagless = good.updated(gpg.certificate(key));
    rows.add(new Row("gpg", "no sign flag any more", flagless, "has no sign flag", good));

    String brief = gpg.primary(MADE, "renewed", "ed25519", "never");
    gpg.signingSubkey(MADE, brief, "ed25519", "59d");
    Entry lapsed = new Entry(gpg.certificate(brief), gpg.sign(SIGNED, brief, MESSAGE));
    String subkey = ((Good) lapsed.by(SIGNED).verdict()).signingKey().hex();
    gpg.at(CHANGED, new byte[0], "--quick-set-expire", brief, "1y", subkey);
    Entry renewed = lapsed.updated(gpg.certificate(brief));
    rows.add(new Row("gpg", "subkey expired, update missing", lapsed, END, renewed));
    rows.add(
        new Row(
            "gpg",
            "subkey expired, update missing, later",
            lapsed.at(AFTER),
            END,
            renewed.at(AFTER)));

    String small = gpg.primary(MADE, "small", "rsa2048", "never");
    gpg.signingSubkey(MADE, small, "rsa1024", "never");
    Certificate weak = gpg.certificate(small);
    byte[] byWeak = gpg.sign(SIGNED, small, MESSAGE);
    rows.add(new Row("gpg", "RSA of 1024 bits", new Entry(weak, byWeak), "RSA of 1024 bits", good));
    return rows.stream().map(Row::test).toList();
  }

  /** gpg puts back-signatures, which prove themselves, where no signature covers them. */
  private static Certificate withoutUnhashed(Certificate certificate) throws Exception {
    List<Packet> packets = new ArrayList<>();
    for (Packet packet : Packet.readAll(certificate.toBytes())) {
      packets.add(
          packet.tag() == Packet.SIGNATURE
              ? new Packet(Packet.SIGNATURE, withUnhashed(packet.body(), new byte[0]))
              : packet);
    }
    return Certificate.parse(Packet.write(packets));
  }

  /** A version 4 signature with another unhashed area. */
  private static byte[] withUnhashed(byte[] body, byte[] area) {
    int unhashed = 6 + length(body, 4);
    int rest = unhashed + 2 + length(body, unhashed);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(body, 0, unhashed);
    out.write(area.length >> 8);
    out.write(area.length);
    out.writeBytes(area);
    out.write(body, rest, body.length - rest);
    return out.toByteArray();
  }

  private static int length(byte[] body, int at) {
    return (body[at] & 0xff) << 8 | (body[at + 1] & 0xff);
  }

  @TestFactory
  List<DynamicTest> defectsBySq() throws Exception {
    List<Row> rows = new ArrayList<>();
    String key = sq.key("sq kinds", 0);
    String other = sq.key("sq other", 0);
    Entry good = new Entry(sq.certificate(key), sq.sign(key, SIGNED, MESSAGE));
    Entry certification = new Entry(sq.certificate(key), sq.certification(key, other, SIGNED));
    rows.add(new Row("sq", "a certification", certification, "is of type 0x10", good));

    Fingerprint signer = ((Good) good.verdict()).signingKey();
    byte[] byAnother = signedByAnotherThan(signer, sq.secretKey(key));
    Entry authentication = new Entry(sq.certificate(key), byAnother);
    rows.add(new Row("sq", "a subkey without sign flag", authentication, "has no sign flag", good));

    Entry early = new Entry(sq.certificate(other), good.signature);
    Entry updated = early.updated(sq.adopted(other, key, signer));
    rows.add(new Row("sq", "subkey of an update, missing", early, "which is not in", updated));
    return rows.stream().map(Row::test).toList();
  }

  /** A signature by the subkey that sq made for authentication. */
  private static byte[] signedByAnotherThan(Fingerprint signing, byte[] secretKey)
      throws Exception {
    for (Packet packet : Armor.readPackets(Armor.PRIVATE, secretKey)) {
      if (packet.tag() == Packet.SECRET_SUBKEY) {
        Optional<SigningKey> signer = SecretKey.signer(packet);
        if (signer.isPresent() && !signer.get().key().fingerprint().equals(signing)) {
          return SigningKey.framed(
              signer.get().sign(Signature.BINARY_DOCUMENT, SIGNED, List.of(), MESSAGE));
        }
      }
    }
    throw new AssertionError("sq made no second Ed25519 subkey");
  }

  /** Nobody can make a key with a given id, but everybody can claim one. */
  @ParameterizedTest
  @MethodSource("makers")
  void twoKeysUnderOneClaimedId(CertificateMaker maker) throws Exception {
    String one = maker.key("first of two", 0);
    String two = maker.key("second of two", 0);
    Entry good = new Entry(maker.certificate(one), maker.sign(one, SIGNED, MESSAGE));
    Entry others = new Entry(maker.certificate(two), maker.sign(two, SIGNED, MESSAGE));
    Fingerprint signer = ((Good) good.verdict()).signingKey();
    Fingerprint claimed = ((Good) others.verdict()).signingKey();
    byte[] byOne = claiming(good.signature, claimed);
    byte[] byTwo = claiming(others.signature, signer);

    assertThat(Signature.parse(Packet.readAll(byOne).get(0).body()).subpackets().issuers())
        .contains(claimed.hex().substring(24));
    assertThat(new Entry(maker.certificate(one), byOne).verdict()).isEqualTo(good.verdict());
    assertThat(new Entry(maker.certificate(two), byTwo).verdict()).isEqualTo(others.verdict());
    assertThat(new Entry(maker.certificate(two), byOne).verdict()).isInstanceOf(Bad.class);
    assertThat(new Entry(maker.certificate(one), byTwo).verdict()).isInstanceOf(Bad.class);
  }

  /** With an unhashed issuer key id, RFC 9580, section 5.2.3.12. */
  private static byte[] claiming(byte[] signature, Fingerprint key) throws Exception {
    byte[] issuer = HexFormat.of().parseHex("0910" + key.hex().substring(24));
    return SigningKey.framed(withUnhashed(Packet.readAll(signature).get(0).body(), issuer));
  }
}
