package org.whonix2.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.Witness;
import org.whonix2.core.log.WitnessQuorum;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.MemberName;
import org.whonix2.core.statement.RosterChange;
import org.whonix2.core.statement.Statement;
import org.whonix2.server.cosigning.WitnessAddress;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.web.ListenAddress;
import org.whonix2.server.witness.WitnessServer;

/**
 * A log server and two witnesses, all listening, and one rebuilder on the roster, whom the first
 * entry admits.
 */
public final class TestLog implements AutoCloseable {
  public static final String ORIGIN = "log.example.org/test";
  public static final String ENVELOPE = "application/vnd.dsse.envelope.v1+json";

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ListenAddress ANY_PORT = new ListenAddress("127.0.0.1", 0);

  private final Path folder;
  private final AttestationServer.Limits limits;
  private final SigningKey key = key(ORIGIN, SignatureType.ED25519);
  private final List<SigningKey> witnessKeys =
      List.of(
          key("w1.example.org", SignatureType.COSIGNATURE),
          key("w2.example.org", SignatureType.COSIGNATURE));
  private final List<WitnessServer> witnesses = new ArrayList<>();
  private final SecretKey operator = Attestations.rebuilder("the operator");
  private final SecretKey rebuilder = Attestations.rebuilder("alpha-1");
  private final byte[] admission;
  private AttestationServer server;

  public TestLog(Path folder) throws IOException {
    this(folder, Duration.ofMinutes(10));
  }

  public TestLog(Path folder, Duration refresh) throws IOException {
    this(folder, refresh, AttestationServer.Limits.STANDARD);
  }

  public TestLog(Path folder, Duration refresh, AttestationServer.Limits limits)
      throws IOException {
    this.folder = folder;
    this.limits = limits;
    for (SigningKey witness : witnessKeys) {
      witnesses.add(witness(witness));
    }
    this.server = serve(refresh);
    this.admission = admit("alpha-1", rebuilder);
  }

  public static SigningKey key(String name, SignatureType type) {
    try {
      return SigningKey.generate(name, type, new SecureRandom());
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }

  private WitnessServer witness(SigningKey witness) throws IOException {
    return WitnessServer.start(
        ANY_PORT,
        folder.resolve(witness.verifierKey().name()),
        witness,
        List.of(TrustedLog.of(key.verifierKey())),
        Clock.systemUTC());
  }

  private AttestationServer serve(Duration refresh) throws IOException {
    List<WitnessAddress> addresses = new ArrayList<>();
    for (int i = 0; i < witnesses.size(); i++) {
      addresses.add(
          new WitnessAddress(witnesses.get(i).address(), witnessKeys.get(i).verifierKey()));
    }
    return AttestationServer.start(
        new AttestationServer.Settings(
            ANY_PORT,
            state(),
            key,
            addresses,
            refresh,
            Optional.of(operator.certificate()),
            TestDatabase.of(state()),
            limits),
        Clock.systemUTC());
  }

  /** Stops the log server and starts it on the same state. */
  public void restart() throws IOException {
    server.close();
    server = serve(Duration.ofMinutes(10));
  }

  /** The witness with this number goes away. */
  public void stopWitness(int number) throws IOException {
    witnesses.get(number).close();
  }

  /** It comes back, elsewhere, with its state; the log server hears of it when it restarts. */
  public void startWitness(int number) throws IOException {
    witnesses.set(number, witness(witnessKeys.get(number)));
  }

  /** Puts entries of any kind into a log that has no server yet. */
  public static List<byte[]> fill(Path folder, int count) throws IOException {
    List<byte[]> entries =
        IntStream.range(0, count)
            .mapToObj(i -> ("entry " + i).getBytes(StandardCharsets.UTF_8))
            .toList();
    try (LogStore store = LogStore.open(TestDatabase.open(folder.resolve("log")), List.of())) {
      if (store.append(store.head(), entries.stream().map(LogEntry::opaque).toList()).isEmpty()) {
        throw new IllegalStateException("nobody else writes");
      }
    }
    return entries;
  }

  public Path state() {
    return folder.resolve("log");
  }

  public SigningKey key() {
    return key;
  }

  public TrustedLog trusted() {
    return TrustedLog.of(key.verifierKey());
  }

  /** So many of the two witnesses, each of an operator of its own. */
  public WitnessQuorum quorum(int threshold) {
    List<Witness> members = new ArrayList<>();
    for (SigningKey witness : witnessKeys) {
      String name = witness.verifierKey().name();
      members.add(new Witness(name, "operator of " + name, witness.verifierKey()));
    }
    return new WitnessQuorum(threshold, members);
  }

  /** Who changes the roster. */
  public SecretKey operator() {
    return operator;
  }

  /** The entry that admits the rebuilder: the first that was submitted. */
  public byte[] admission() {
    return admission.clone();
  }

  /** The roster's serial. */
  public long serial() {
    return Answers.json(get("/api/v1/rebuilders")).path("serial").asLong();
  }

  /** What the operator signs. */
  public byte[] change(long serial, String name, RosterChange.Change change) {
    RosterChange statement = new RosterChange(ORIGIN, serial, new MemberName(name), change);
    return Attestations.envelope(Statement.PAYLOAD_TYPE, statement.toJson(), operator);
  }

  /** Puts a rebuilder on the roster; returns the entry. */
  public byte[] admit(String name, SecretKey member) {
    byte[] entry = change(serial() + 1, name, new RosterChange.Admit(member.certificate()));
    expectNew(entry);
    return entry;
  }

  /** Takes a rebuilder from the roster; returns the entry. */
  public byte[] dismiss(String name, SecretKey member) {
    RosterChange.Change dismissal =
        new RosterChange.Dismiss(
            member.certificate().fingerprint(), Sha256.of(member.certificate().toBytes()));
    byte[] entry = change(serial() + 1, name, dismissal);
    expectNew(entry);
    return entry;
  }

  /** Submits what must be taken in; returns its index. */
  public long expectNew(byte[] envelope) {
    HttpResponse<byte[]> answer = submit(envelope);
    if (answer.statusCode() != 201) {
      throw new IllegalStateException("not logged: " + Answers.text(answer));
    }
    return Answers.json(answer).path("index").asLong();
  }

  /** The rebuilder on the roster. */
  public SecretKey rebuilder() {
    return rebuilder;
  }

  public URI uri(String path) {
    return URI.create(server.address() + path);
  }

  public HttpResponse<byte[]> get(String path) {
    return send(HttpRequest.newBuilder(uri(path)));
  }

  /** Submits as a rebuilder does. */
  public HttpResponse<byte[]> submit(byte[] envelope) {
    return submit(envelope, ENVELOPE);
  }

  public HttpResponse<byte[]> submit(byte[] body, String contentType) {
    return send(
        HttpRequest.newBuilder(uri("/api/v1/attestations"))
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  /** Submits the attestations with these sequence numbers, one after the other. */
  public List<byte[]> submitAll(int from, int count) {
    List<byte[]> submitted = new ArrayList<>();
    for (int sequence = from; sequence < from + count; sequence++) {
      byte[] envelope = Attestations.signed(rebuilder, sequence);
      int status = submit(envelope).statusCode();
      if (status != 201) {
        throw new IllegalStateException("submission " + sequence + ": status " + status);
      }
      submitted.add(envelope);
    }
    return submitted;
  }

  public static HttpResponse<byte[]> send(HttpRequest.Builder request) {
    try {
      return HTTP.send(
          request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (WitnessServer witness : witnesses) {
      witness.close();
    }
  }
}
