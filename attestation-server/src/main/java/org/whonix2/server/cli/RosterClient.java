package org.whonix2.server.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Set;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.json.JsonFields;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.InclusionProof;
import org.whonix2.core.log.TlogProof;
import org.whonix2.core.log.TreeHash;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Statement;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.http.HttpAnswer;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.io.http.ProblemDetails;
import org.whonix2.io.http.ServerAddress;

/** Asks a log's server about its roster, and submits what the operator says. */
final class RosterClient implements AutoCloseable {
  private static final String ENVELOPE = "application/vnd.dsse.envelope.v1+json";
  private static final int MAX_LISTING_BYTES = 8 * 1024 * 1024;
  private static final int MAX_ANSWER_BYTES = 2 * TlogProof.MAX_BYTES;

  /** Of the 4xx, those that say nothing about the change (RFC 9110, 8470, 6585). */
  private static final Set<Integer> LATER = Set.of(408, 425, 429);

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
    HttpAnswer answer =
        http.post(
            ServerAddress.resolve(server, "api/v1/attestations"),
            ENVELOPE,
            envelope.toBytes(),
            MAX_ANSWER_BYTES);
    if (answer.status() != 200 && answer.status() != 201) {
      throw refusal(answer);
    }
    return proven(answer.body(), envelope);
  }

  private static long proven(byte[] json, Envelope envelope) throws MalformedInputException {
    JsonFields fields = StrictJson.object(json, MAX_ANSWER_BYTES);
    long index = fields.number("index", 0);
    TlogProof proof =
        fields.parsed("proof", text -> TlogProof.parse(text.getBytes(StandardCharsets.UTF_8)));
    fields.end();
    Checkpoint tree = Checkpoint.parse(proof.checkpoint().text());
    boolean shown =
        proof.index() == index
            && InclusionProof.check(
                proof.path(), index, TreeHash.leaf(envelope.toBytes()), tree.size(), tree.root());
    if (!shown) {
      throw new MalformedInputException(
          "expected a proof that entry " + index + " is what was sent, found another");
    }
    return index;
  }

  private static CommandException refusal(HttpAnswer answer) {
    int status = answer.status();
    boolean refused = status >= 400 && status < 500 && !LATER.contains(status);
    String hint =
        status == 403 ? "the server knows its operator by: serve --operator CERTIFICATE" : null;
    return new CommandException(
        !refused ? ExitCode.OUTSIDE_FAILED : status == 403 ? ExitCode.REFUSED : ExitCode.USAGE,
        "the server did not take it: " + ProblemDetails.describe(answer),
        hint);
  }

  @Override
  public void close() {
    http.close();
  }
}
