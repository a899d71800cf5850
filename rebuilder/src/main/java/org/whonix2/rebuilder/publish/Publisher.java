package org.whonix2.rebuilder.publish;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.io.http.FetchException;
import org.whonix2.io.http.HttpAnswer;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.io.http.ProblemDetails;
import org.whonix2.io.http.ServerAddress;
import org.whonix2.io.progress.Progress;

/** Sends attestations to one attestation server. */
public final class Publisher {
  private static final String CONTENT_TYPE = "application/vnd.dsse.envelope.v1+json";

  /** A proof as a JSON string, with room for escapes. */
  private static final int MAX_ANSWER_BYTES = 2 * TlogProof.MAX_BYTES;

  /** Of the 4xx, those that say nothing about the attestation (RFC 9110, 8470, 6585). */
  private static final Set<Integer> LATER = Set.of(408, 425, 429);

  private static final String PROOF_FILE = "attestation.tlog-proof";

  private final URI submissions;
  private final HttpTransport http;

  private Publisher(URI submissions, HttpTransport http) {
    this.submissions = submissions;
    this.http = http;
  }

  /**
   * A publisher to this server.
   *
   * @param server its address, with or without a slash at its end
   */
  public static Publisher to(URI server, HttpTransport http) {
    String base = server.toString();
    String slash = base.endsWith("/") ? "" : "/";
    return new Publisher(URI.create(base + slash + "api/v1/attestations"), http);
  }

  /** Sends one envelope as {@link #publish(Envelope, Path)} does, and shows that it does. */
  public static long publish(URI server, Envelope envelope, Path folder)
      throws IOException, CommandException {
    try (Progress progress = Progress.onStandardError();
        HttpTransport http = new HttpTransport(HttpDeadlines.STANDARD)) {
      progress.phase("publishing");
      return to(server, http).publish(envelope, folder);
    }
  }

  /** Reads a server's address: http or https, a host, no query. */
  public static URI parseServer(String text) throws MalformedInputException {
    return ServerAddress.parse(text);
  }

  /**
   * Sends an envelope and writes the proof that comes back into a folder, if it shows that its
   * checkpoint's tree holds this envelope. Whether the checkpoint is the log's is not known here:
   * this program has no key of the log.
   *
   * @return its index in the log
   * @throws CommandException if the server cannot be reached, or does not take it
   */
  public long publish(Envelope envelope, Path folder) throws IOException, CommandException {
    HttpAnswer answer;
    try {
      answer = http.post(submissions, CONTENT_TYPE, envelope.toBytes(), MAX_ANSWER_BYTES);
    } catch (FetchException e) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          "cannot publish: " + e.getMessage(),
          "the attestation is kept: " + folder.resolve("attestation.json"),
          e);
    }
    if (answer.status() != 200 && answer.status() != 201) {
      throw refusal(answer, folder);
    }
    try {
      Receipt receipt = Receipt.parse(answer.body(), TreeHash.leaf(envelope.toBytes()));
      AtomicFiles.replace(folder.resolve(PROOF_FILE), receipt.proof().toBytes());
      return receipt.index();
    } catch (MalformedInputException e) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          submissions + ": expected an index and a proof, found other: " + e.getMessage(),
          null,
          e);
    }
  }

  /** What the server answers to a submission that is in the log. */
  record Receipt(long index, TlogProof proof) {
    /**
     * Reads an answer.
     *
     * @param leaf the hash of the entry that was sent
     */
    static Receipt parse(byte[] json, Sha256 leaf) throws MalformedInputException {
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
                + " is the attestation that was sent, found one that does not show it");
      }
      return new Receipt(index, proof);
    }
  }

  private CommandException refusal(HttpAnswer answer, Path folder) {
    boolean refused =
        answer.status() >= 400 && answer.status() < 500 && !LATER.contains(answer.status());
    String hint =
        answer.status() == 403
            ? "the server's operator admits a rebuilder with: whonix2-attestation-server roster add"
            : "the attestation is kept: " + folder.resolve("attestation.json");
    return new CommandException(
        refused ? ExitCode.REFUSED : ExitCode.OUTSIDE_FAILED,
        "the server did not take the attestation: " + ProblemDetails.describe(answer),
        hint);
  }
}
