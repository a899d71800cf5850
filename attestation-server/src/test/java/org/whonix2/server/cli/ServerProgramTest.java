package org.whonix2.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.server.Attestations;
import org.whonix2.server.Revoked;
import org.whonix2.server.api.LogApi;
import org.whonix2.server.store.H2Database;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;

/** The program as a user runs it: one process a command. */
class ServerProgramTest {
  @TempDir Path folder;

  private ServerProcess.Ended run(String... arguments) throws Exception {
    return ServerProcess.run(folder, List.of(arguments));
  }

  @Test
  void keygenWritesASecretAndPrintsThePublicKey() throws Exception {
    ServerProcess.Ended log = run("keygen", "--name", "log.example.org/x", "--out", "log.key");
    assertThat(log.exitCode()).isZero();
    VerifierKey key = VerifierKey.parse(log.out().strip());
    assertThat(key.name()).isEqualTo("log.example.org/x");
    assertThat(key.type()).isEqualTo(SignatureType.ED25519);
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("log.key"))))
        .isEqualTo("rw-------");
    String secret = Files.readString(folder.resolve("log.key"));

    ServerProcess.Ended again = run("keygen", "--name", "log.example.org/x", "--out", "log.key");
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.err()).startsWith("error: log.key is there already").contains("hint: ");
    assertThat(Files.readString(folder.resolve("log.key"))).isEqualTo(secret);

    ServerProcess.Ended witness = run("keygen", "--witness", "--name", "w1", "--out", "w1.key");
    assertThat(VerifierKey.parse(witness.out().strip()).type())
        .isEqualTo(SignatureType.COSIGNATURE);
    ServerProcess.Ended mixedUp =
        run("serve", "--listen", "127.0.0.1:0", "--state", "s", "--key", "w1.key");
    assertThat(mixedUp.exitCode()).isEqualTo(2);
    assertThat(mixedUp.err()).contains("expected a log's key");
  }

  private ServerProcess.Ended roster(ServerProcess server, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of("roster", arguments[0]));
    line.addAll(List.of("--server", server.address()));
    if (!arguments[0].equals("list")) {
      line.addAll(List.of("--key", "operator"));
    }
    line.addAll(Arrays.asList(arguments).subList(1, arguments.length));
    return ServerProcess.run(folder, line);
  }

  @Test
  void theOperatorsChangesAreEntriesOfARunningLog() throws Exception {
    SecretKey alpha = Attestations.rebuilder("alpha");
    Certificate certificate = alpha.certificate();
    Files.writeString(folder.resolve("alpha.asc"), certificate.toArmored());
    run("keygen", "--name", "log.example.org/x", "--out", "log.key");
    ServerProcess.Ended operator = run("keygen", "--operator", "me", "--out", "operator");
    assertThat(operator.exitCode()).as(operator.err()).isZero();
    assertThat(operator.out().strip())
        .isEqualTo(
            Certificate.parse(Files.readAllBytes(folder.resolve("operator/certificate.asc")))
                .fingerprint()
                .hex());
    String serve = "serve --listen 127.0.0.1:0 --state s --key log.key";
    try (ServerProcess server =
        ServerProcess.start(
            folder, List.of((serve + " --operator operator/certificate.asc").split(" ")))) {
      assertThat(roster(server, "list").out()).isEmpty();
      ServerProcess.Ended added = roster(server, "add", "--name", "a", "alpha.asc");
      assertThat(added.exitCode()).as(added.err()).isZero();
      assertThat(added.out())
          .isEqualTo(
              "admitted a " + certificate.fingerprint() + " by entry 0 of log.example.org/x\n");
      assertThat(roster(server, "list").out()).isEqualTo("a " + certificate.fingerprint() + "\n");
      assertThat(roster(server, "list", "--json").out())
          .startsWith("{\"log\":\"log.example.org/x\",\"serial\":1,");
      ServerProcess.Ended twice = roster(server, "add", "--name", "b", "alpha.asc");
      assertThat(twice.exitCode()).isEqualTo(2);
      assertThat(twice.err()).contains("already, as a");
      ServerProcess.Ended elsewhere =
          roster(server, "remove", "--name", "a", "--log", "log.example.org/y");
      assertThat(elsewhere.exitCode()).isEqualTo(1);
      assertThat(elsewhere.err()).contains("expected the log log.example.org/y there");
      Files.write(folder.resolve("revoked.pgp"), Revoked.compromised(alpha).toBytes());
      ServerProcess.Ended updated = roster(server, "update", "revoked.pgp");
      assertThat(updated.out())
          .isEqualTo("updated " + certificate.fingerprint() + " by entry 1 of log.example.org/x\n");
      ServerProcess.Ended removed = roster(server, "remove", "--name", "a");
      assertThat(removed.out())
          .startsWith("dismissed a ")
          .endsWith(" by entry 2 of log.example.org/x\n");
      assertThat(roster(server, "remove", "--name", "a").exitCode()).isEqualTo(2);
      assertThat(roster(server, "list").out()).isEmpty();
    }
    try (ServerProcess nobodys = ServerProcess.start(folder, List.of(serve.split(" ")))) {
      ServerProcess.Ended refused = roster(nobodys, "add", "--name", "a", "alpha.asc");
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.err()).contains("no certificate known").contains("serve --operator");
    }
  }

  @Test
  void aSecondServerOnOneStateDoesNotStart() throws Exception {
    run("keygen", "--name", "log.example.org/x", "--out", "log.key");
    List<String> line =
        List.of("serve", "--listen", "127.0.0.1:0", "--state", "s", "--key", "log.key");
    try (ServerProcess first = ServerProcess.start(folder, line)) {
      assertThat(first.address()).startsWith("http://127.0.0.1:");
      ServerProcess.Ended second = ServerProcess.run(folder, line);
      assertThat(second.exitCode()).isEqualTo(5);
      assertThat(second.err()).contains("another server has the log");
    }
  }

  @Test
  void whatCannotBeADatabaseIsSaidAndNoPasswordWithIt() throws Exception {
    run("keygen", "--name", "log.example.org/x", "--out", "log.key");
    Files.writeString(folder.resolve("password"), "sesame\n");
    List<String> line =
        new ArrayList<>(
            List.of("serve", "--listen", "127.0.0.1:0", "--state", "s", "--key", "log.key"));
    line.addAll(List.of("--database-user", "log", "--database-password-file", "password"));
    ServerProcess.Ended none = ServerProcess.run(folder, line);
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("but no --database");
    line.addAll(List.of("--database", "jdbc:postgresql://127.0.0.1:1/log"));
    ServerProcess.Ended away = ServerProcess.run(folder, line);
    assertThat(away.exitCode()).isEqualTo(5);
    assertThat(away.err())
        .contains("cannot open the log's database jdbc:postgresql://127.0.0.1:1/log as log")
        .doesNotContain("sesame");
  }

  @Test
  void checkTellsWhatIsWrongAndExitsWithFour() throws Exception {
    String vkey = run("keygen", "--name", "log.example.org/x", "--out", "log.key").out().strip();
    ServerProcess.Ended nowhere = run("check", "--state", "s", "--log", vkey);
    assertThat(nowhere.exitCode()).isEqualTo(2);
    assertThat(nowhere.err()).contains("expected a log there");
    assertThat(folder.resolve("s")).doesNotExist();

    Path state = folder.resolve("s");
    LogEntry entry = LogEntry.opaque(new byte[] {1});
    try (LogStore store =
        LogStore.open(H2Database.open(state), LogApi.indexes(Clock.systemUTC()))) {
      assertThat(store.append(store.head(), List.of(entry))).isPresent();
    }
    ServerProcess.Ended wrong = run("check", "--state", "s", "--log", vkey, "--json");
    assertThat(wrong.exitCode()).isEqualTo(4);
    assertThat(wrong.out())
        .isEqualTo("{\"proven\":false,\"wrong\":\"checkpoint: expected one, found none\"}\n");
    assertThat(wrong.err()).contains("error: checkpoint: expected one, found none");
  }

  /** What was kept elsewhere: the operator's certificate, a checkpoint, a witness's key. */
  @Test
  void checkHoldsALogAgainstWhatWasKeptElsewhere() throws Exception {
    String vkey = run("keygen", "--name", "log.example.org/x", "--out", "log.key").out().strip();
    String w1 = run("keygen", "--witness", "--name", "w1", "--out", "w1.key").out().strip();
    run("keygen", "--operator", "me", "--out", "operator");
    Files.writeString(
        folder.resolve("alpha.asc"), Attestations.rebuilder("alpha").certificate().toArmored());
    String serve =
        "serve --listen 127.0.0.1:0 --state s --key log.key --operator operator/certificate.asc";
    try (ServerProcess server = ServerProcess.start(folder, List.of(serve.split(" ")))) {
      assertThat(roster(server, "add", "--name", "a", "alpha.asc").exitCode()).isZero();
      Files.write(folder.resolve("kept"), Deployment.get(server.address(), "/checkpoint"));
    }
    String check = "check --state s --checkpoint kept --log " + vkey;
    ServerProcess.Ended proven = run((check + " --operator operator/certificate.asc").split(" "));
    assertThat(proven.exitCode()).as(proven.err()).isZero();
    assertThat(proven.out())
        .contains("signatures  1\n", "roster      verified\n")
        .endsWith("\nproven\n");

    ServerProcess.Ended half = run(check.split(" "));
    assertThat(half.exitCode()).isZero();
    assertThat(half.out())
        .contains("NOT VERIFIED: 1 entries")
        .endsWith("proven, but for the roster, which needs --operator\n");
    assertThat(run((check + " --json").split(" ")).out())
        .contains("\"unverified\":1,\"rosterVerified\":false");

    ServerProcess.Ended alone = run((check + " --witness " + w1).split(" "));
    assertThat(alone.exitCode()).isEqualTo(3);
    assertThat(alone.err()).contains("error: expected cosignatures by [w1]");
    assertThat(alone.out()).doesNotContain("proven");

    try (LogStore regrown =
        LogStore.open(H2Database.open(folder.resolve("t")), LogApi.indexes(Clock.systemUTC()))) {
      assertThat(regrown.head().size()).isZero();
    }
    ServerProcess.Ended back = run(check.replace("--state s", "--state t").split(" "));
    assertThat(back.exitCode()).isEqualTo(4);
    assertThat(back.err()).contains("expected a tree of its size 1 or more, found one of 0");

    Files.writeString(folder.resolve("kept"), "no checkpoint");
    ServerProcess.Ended unread = run(check.split(" "));
    assertThat(unread.exitCode()).isEqualTo(2);
    assertThat(unread.err()).contains("kept");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "check --state s",
        "check --state s --log x",
        "serve --listen 127.0.0.1:0 --key log.key --database jdbc:h2:mem:x",
        "serve --listen 127.0.0.1:0 --key log.key --database jdbc:postgresql://x/y?password=z",
        "serve --listen nowhere --key log.key",
        "serve --listen 127.0.0.1:70000 --key log.key",
        "serve --listen 127.0.0.1:0 --key log.key --witness http://x",
        "serve --listen 127.0.0.1:0 --key log.key --refresh soon",
        "serve --listen 127.0.0.1:0 --key log.key --signer-rate 60",
        "witness --listen 127.0.0.1:0 --key log.key --log x",
        "roster add --name x alpha.asc",
        "roster add --server http://127.0.0.1:1 --key k --name ../x alpha.asc",
        "roster list --server ftp://127.0.0.1",
        "keygen --out x",
        "keygen --name x --operator y --out x",
        "keygen --operator y --witness --out x",
        "nothing",
      })
  void wrongUsageIsOneErrorLineAndExitCodeTwo(String line) throws Exception {
    ServerProcess.Ended ended = run(line.split(" "));
    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.err()).startsWith("error: ");
    assertThat(ended.out()).isEmpty();
  }
}
