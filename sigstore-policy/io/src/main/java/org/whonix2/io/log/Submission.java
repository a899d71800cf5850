package org.whonix2.io.log;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.json.JsonFields;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.InclusionProof;
import org.whonix2.core.log.TlogProof;
import org.whonix2.core.log.TreeHash;
import org.whonix2.io.http.FetchException;
import org.whonix2.io.http.HttpAnswer;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.io.http.ProblemDetails;
import org.whonix2.io.http.ServerAddress;

/**
 * What a log's server answered to an envelope: where it stands, and the proof that its checkpoint's
 * tree holds it. Whether that checkpoint is the log's is not known here.
 */
public record Submission(long index, TlogProof proof) {
  private static final String PATH = "api/v1/attestations";
  private static final String CONTENT_TYPE = "application/vnd.dsse.envelope.v1+json";

  /** A proof as a JSON string, with room for escapes. */
  private static final int MAX_ANSWER_BYTES = 2 * TlogProof.MAX_BYTES;

  /** The server did not take it; the message says why. */
  public static final class NotTakenException extends Exception {
    private static final long serialVersionUID = 1;

    /** Of the 4xx, those that say nothing about what was sent (RFC 9110, 8470, 6585). */
    private static final Set<Integer> LATER = Set.of(408, 425, 429);

    private final int status;

    NotTakenException(HttpAnswer answer) {
      super("the server did not take it: " + ProblemDetails.describe(answer));
      this.status = answer.status();
    }

    /** Whether the same will never be taken, as it is. */
    public boolean isRefusal() {
      return status >= 400 && status < 500 && !LATER.contains(status);
    }

    /** Whether whoever signed it is not admitted. */
    public boolean isForbidden() {
      return status == 403;
    }
  }

  /**
   * Sends an envelope; the same again changes nothing.
   *
   * @param server its address, with or without a slash at its end
   * @throws FetchException if no answer came
   * @throws MalformedInputException if the answer does not prove that the envelope is in the log
   */
  public static Submission send(Envelope envelope, URI server, HttpTransport http)
      throws FetchException, NotTakenException, MalformedInputException {
    URI uri = ServerAddress.resolve(server, PATH);
    HttpAnswer answer = http.post(uri, CONTENT_TYPE, envelope.toBytes(), MAX_ANSWER_BYTES);
    if (answer.status() != 200 && answer.status() != 201) {
      throw new NotTakenException(answer);
    }
    try {
      return parse(answer.body(), TreeHash.leaf(envelope.toBytes()));
    } catch (MalformedInputException e) {
      throw new MalformedInputException(
          uri + ": expected an index and a proof, found other: " + e.getMessage(), e);
    }
  }

  /**
   * Reads an answer.
   *
   * @param leaf the hash of the entry that was sent
   */
  private static Submission parse(byte[] json, Sha256 leaf) throws MalformedInputException {
    JsonFields fields = StrictJson.object(json, MAX_ANSWER_BYTES);
    long index = fields.number("index", 0);
    TlogProof proof =
        fields.parsed("proof", text -> TlogProof.parse(text.getBytes(StandardCharsets.UTF_8)));
    fields.end();
    if (proof.index() != index) {
      throw new MalformedInputException(
          "expected a proof for index " + index + ", found one for " + proof.index());
    }
    Checkpoint tree = Checkpoint.parse(proof.checkpoint().text());
    if (!InclusionProof.check(proof.path(), index, leaf, tree.size(), tree.root())) {
      throw new MalformedInputException(
          "expected a proof that entry "
              + index
              + " of "
              + tree.size()
              + " is what was sent, found one that does not show it");
    }
    return new Submission(index, proof);
  }
}
