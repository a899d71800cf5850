package org.whonix2.server.cli;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Statement;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.io.http.ServerAddress;
import org.whonix2.io.log.Submission;

/** Asks a log's server about its roster, and submits what the operator says. */
final class RosterClient implements AutoCloseable {
  private static final int MAX_LISTING_BYTES = 8 * 1024 * 1024;

  private final URI server;
  private final HttpTransport http = new HttpTransport(HttpDeadlines.STANDARD);

  RosterClient(URI server) {
    this.server = server;
  }

  byte[] listing() throws IOException {
    return http.fetch(ServerAddress.resolve(server, "api/v1/rebuilders"), MAX_LISTING_BYTES);
  }

  RosterListing roster() throws IOException, MalformedInputException {
    return RosterListing.parse(listing());
  }

  /**
   * Signs a statement and submits it.
   *
   * @return its index in the log, which the answer's proof shows
   */
  long submit(Statement statement, SecretKey key)
      throws IOException, MalformedInputException, CommandException {
    Envelope envelope =
        Envelope.sign(Statement.PAYLOAD_TYPE, statement.toJson(), key, Clock.systemUTC().instant());
    try {
      return Submission.send(envelope, server, http).index();
    } catch (Submission.NotTakenException e) {
      throw new CommandException(
          !e.isRefusal()
              ? ExitCode.OUTSIDE_FAILED
              : e.isForbidden() ? ExitCode.REFUSED : ExitCode.USAGE,
          String.valueOf(e.getMessage()),
          e.isForbidden() ? "the server knows its operator by: serve --operator CERTIFICATE" : null,
          e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
