package org.whonix2.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.http.ServerAddress;
import org.whonix2.io.keys.KeyFolder;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which log's roster, and who changes it. */
final class RosterOptions {
  /** Makes the key that {@code --key} names, but for its folder. */
  private static final String KEYGEN = "whonix2-attestation-server keygen --operator NAME --out";

  @Mixin private Server server = new Server();

  @Option(
      names = "--key",
      required = true,
      paramLabel = "DIR",
      description = "the operator's key, see keygen --operator")
  private Path key = Path.of("");

  @Option(
      names = "--log",
      paramLabel = "ORIGIN",
      description = "refuse unless the server's log is this one; for an operator of several")
  private @Nullable String log;

  /** Where the log is. */
  static final class Server {
    @Option(
        names = "--server",
        required = true,
        paramLabel = "URL",
        description = "the log's server")
    private String address = "";

    RosterClient client() throws MalformedInputException {
      return new RosterClient(ServerAddress.parse(address));
    }
  }

  RosterClient client() throws MalformedInputException {
    return server.client();
  }

  SecretKey key() throws IOException, MalformedInputException, CommandException {
    return KeyFolder.open(key, Clock.systemUTC().instant(), KEYGEN);
  }

  /** The roster as the server has it, which must be that of the log meant. */
  RosterListing roster(RosterClient client)
      throws IOException, MalformedInputException, CommandException {
    RosterListing roster = client.roster();
    if (log != null && !log.equals(roster.log())) {
      throw new CommandException(
          ExitCode.REFUSED,
          "expected the log " + log + " there, found " + Quoted.of(roster.log()),
          "a change that is signed for one log is not to be used for another");
    }
    return roster;
  }
}
