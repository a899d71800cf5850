package org.whonix2.core.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/** A log in memory that is honest until a test makes it hostile. */
final class SimulatedLog implements LogFetcher {
  static final String ORIGIN = "log.example.org/test";
  static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  static final SigningKey KEY = key(ORIGIN, SignatureType.ED25519);
  static final SigningKey ALPHA = key("w.example/alpha", SignatureType.COSIGNATURE);
  static final SigningKey ALPHA_2 = key("w.example/alpha-2", SignatureType.COSIGNATURE);
  static final SigningKey BETA = key("w.example/beta", SignatureType.COSIGNATURE);
  static final SigningKey GAMMA = key("w.example/gamma", SignatureType.COSIGNATURE);
  static final SigningKey STRANGER = key("w.example/stranger", SignatureType.COSIGNATURE);

  static final TrustedLog TRUSTED = TrustedLog.of(KEY.verifierKey());

  /** Two of the operators alpha, beta and gamma; alpha runs two witnesses. */
  static final WitnessQuorum QUORUM = quorum(2);

  private final List<byte[]> entries = new ArrayList<>();
  private byte[] checkpoint = new byte[0];
  private UnaryOperator<byte[]> bundles = UnaryOperator.identity();
  private final List<String> requests = new ArrayList<>();
  private Predicate<TilePath> withheld = path -> false;
  private boolean isEndless;
  private int patience = Integer.MAX_VALUE;

  SimulatedLog(String name, int size) {
    add(name, size);
  }

  static SigningKey key(String name, SignatureType type) {
    try {
      return SigningKey.generate(name, type, new SecureRandom());
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  /** So many of the operators alpha, beta and gamma. */
  static WitnessQuorum quorum(int threshold) {
    return new WitnessQuorum(
        threshold,
        List.of(
            witness("alpha-1", "alpha", ALPHA),
            witness("alpha-2", "alpha", ALPHA_2),
            witness("beta-1", "beta", BETA),
            witness("gamma-1", "gamma", GAMMA)));
  }

  static Witness witness(String name, String operator, SigningKey key) {
    return new Witness(name, operator, key.verifierKey());
  }

  /** Appends this many entries of one flavour. */
  SimulatedLog add(String flavour, int count) {
    for (int i = 0; i < count; i++) {
      entries.add((flavour + " " + entries.size()).getBytes(StandardCharsets.UTF_8));
    }
    return this;
  }

  /** Replaces an entry: what no log may do. */
  SimulatedLog rewrite(int index) {
    entries.set(index, "rewritten".getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Signs all entries and has it cosigned by alpha and beta now. */
  SimulatedLog publish() {
    return publish(NOW, ALPHA, BETA);
  }

  SimulatedLog publish(Instant at, SigningKey... witnesses) {
    Checkpoint head = head();
    List<NoteSignature> lines = new ArrayList<>(List.of(KEY.sign(head.format())));
    for (SigningKey witness : witnesses) {
      lines.add(witness.cosign(head, at));
    }
    return serve(note(head.format(), lines).toBytes());
  }

  /** Serves any bytes as its checkpoint. */
  SimulatedLog serve(byte[] bytes) {
    checkpoint = bytes;
    return this;
  }

  /** Serves bundles that somebody on the way has changed. */
  SimulatedLog bundles(UnaryOperator<byte[]> change) {
    bundles = change;
    return this;
  }

  Checkpoint head() {
    Frontier frontier = Frontier.empty();
    for (byte[] entry : entries) {
      frontier = frontier.appendEntry(entry);
    }
    return new Checkpoint(ORIGIN, entries.size(), frontier.root());
  }

  /** Signs and has cosigned a tree that has no end, and serves entries for as long as one asks. */
  SimulatedLog endless() {
    Checkpoint endless = new Checkpoint(ORIGIN, 1L << 40, Sha256.of(new byte[0]));
    List<NoteSignature> lines =
        List.of(KEY.sign(endless.format()), ALPHA.cosign(endless, NOW), BETA.cosign(endless, NOW));
    isEndless = true;
    return serve(note(endless.format(), lines).toBytes());
  }

  /** Serves so slowly or so much that whoever fetches gives up after this many bundles. */
  SimulatedLog givenUpAfter(int count) {
    patience = count;
    return this;
  }

  /** Does not serve these bundles. */
  SimulatedLog withhold(Predicate<TilePath> bundles) {
    withheld = bundles;
    return this;
  }

  HashReader reader() {
    return NaiveTree.reader(entries);
  }

  Sha256 leaf(int index) {
    return TreeHash.leaf(entries.get(index));
  }

  List<byte[]> entries() {
    return entries;
  }

  SignedNote note() {
    try {
      return SignedNote.parse(checkpoint);
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  static SignedNote note(String text, List<NoteSignature> lines) {
    try {
      return SignedNote.of(text, lines);
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  List<String> requests() {
    return requests;
  }

  @Override
  public byte[] checkpoint() {
    return checkpoint;
  }

  @Override
  public byte[] entries(long bundle, int width) throws IOException {
    TilePath path = TilePath.entries(bundle, width);
    requests.add(path.toString());
    if (requests.size() > patience) {
      throw new IOException("given up: expected to be done within a deadline, was not");
    }
    if (isEndless) {
      return EntryBundle.format(Collections.nCopies(width, new byte[] {1}));
    }
    int from = (int) bundle * TilePath.FULL;
    if (from + width > entries.size() || withheld.test(path)) {
      throw new IOException("404 for bundle " + bundle + " of width " + width);
    }
    return bundles.apply(EntryBundle.format(entries.subList(from, from + width)));
  }
}
