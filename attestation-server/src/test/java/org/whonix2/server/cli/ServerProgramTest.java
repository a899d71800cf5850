package org.whonix2.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.server.AttestationServer;
import org.whonix2.server.Attestations;
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

  @Test
  void rosterListsWhatWasAddedAndNotRemoved() throws Exception {
    Certificate certificate = Attestations.rebuilder("alpha").certificate();
    Files.writeString(folder.resolve("alpha.asc"), certificate.toArmored());
    assertThat(run("roster", "add", "--state", "s", "--name", "a", "alpha.asc").exitCode())
        .isZero();
    assertThat(run("roster", "list", "--state", "s").out())
        .isEqualTo("a " + certificate.fingerprint() + "\n");
    ServerProcess.Ended twice = run("roster", "add", "--state", "s", "--name", "b", "alpha.asc");
    assertThat(twice.exitCode()).isEqualTo(2);
    assertThat(twice.err()).contains("already, as a");
    assertThat(run("roster", "remove", "--state", "s", "--name", "a").exitCode()).isZero();
    assertThat(run("roster", "remove", "--state", "s", "--name", "a").exitCode()).isEqualTo(2);
    assertThat(run("roster", "list", "--state", "s").out()).isEmpty();
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
    try (LogStore store = LogStore.open(H2Database.open(state), AttestationServer.indexes())) {
      assertThat(store.append(store.head(), List.of(entry))).isPresent();
    }
    ServerProcess.Ended wrong = run("check", "--state", "s", "--log", vkey, "--json");
    assertThat(wrong.exitCode()).isEqualTo(4);
    assertThat(wrong.out())
        .isEqualTo("{\"proven\":false,\"wrong\":\"checkpoint: expected one, found none\"}\n");
    assertThat(wrong.err()).contains("error: checkpoint: expected one, found none");
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
        "witness --listen 127.0.0.1:0 --key log.key --log x",
        "roster add --name ../x alpha.asc",
        "nothing",
      })
  void wrongUsageIsOneErrorLineAndExitCodeTwo(String line) throws Exception {
    ServerProcess.Ended ended = run(line.split(" "));
    assertThat(ended.exitCode()).isEqualTo(2);
    assertThat(ended.err()).startsWith("error: ");
    assertThat(ended.out()).isEmpty();
  }
}
