package org.whonix2.rebuilder.publish;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.io.http.FetchException;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.io.http.ServerAddress;
import org.whonix2.io.log.Submission;
import org.whonix2.io.progress.Progress;

/** Sends attestations to one attestation server. */
public final class Publisher {
  private static final String PROOF_FILE = "attestation.tlog-proof";

  private final URI server;
  private final HttpTransport http;

  private Publisher(URI server, HttpTransport http) {
    this.server = server;
    this.http = http;
  }

  /**
   * A publisher to this server.
   *
   * @param server its address, with or without a slash at its end
   */
  public static Publisher to(URI server, HttpTransport http) {
    return new Publisher(server, http);
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
    String kept = "the attestation is kept: " + folder.resolve("attestation.json");
    try {
      Submission sent = Submission.send(envelope, server, http);
      AtomicFiles.replace(folder.resolve(PROOF_FILE), sent.proof().toBytes());
      return sent.index();
    } catch (FetchException e) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED, "cannot publish: " + e.getMessage(), kept, e);
    } catch (Submission.NotTakenException e) {
      throw new CommandException(
          e.isRefusal() ? ExitCode.REFUSED : ExitCode.OUTSIDE_FAILED,
          String.valueOf(e.getMessage()),
          e.isForbidden()
              ? "the server's operator admits a rebuilder with: whonix2-attestation-server roster"
                  + " add"
              : kept,
          e);
    } catch (MalformedInputException e) {
      throw new CommandException(ExitCode.OUTSIDE_FAILED, String.valueOf(e.getMessage()), null, e);
    }
  }
}
