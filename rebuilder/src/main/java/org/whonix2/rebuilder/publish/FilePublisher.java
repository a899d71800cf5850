package org.whonix2.rebuilder.publish;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.http.FetchException;
import org.whonix2.io.http.HttpAnswer;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.io.http.ProblemDetails;
import org.whonix2.io.http.ServerAddress;
import org.whonix2.io.progress.Progress;

/** Sends the files that a logged statement names to the server that has it, as far as they miss. */
public final class FilePublisher {
  private static final String CONTENT_TYPE = "application/octet-stream";
  private static final int MAX_ANSWER_BYTES = 64 * 1024;
  private static final String SENDING = "sending files";

  private final String blobs;
  private final HttpTransport http;
  private final Progress progress;
  private final Patience patience;
  private long bytesLeft;

  FilePublisher(URI server, HttpTransport http, Progress progress, Patience patience) {
    this.blobs = ServerAddress.resolve(server, "api/v1/blobs/").toString();
    this.http = http;
    this.progress = progress;
    this.patience = patience;
  }

  /**
   * What became of the files.
   *
   * @param sent how many were sent
   * @param present how many the server had already
   */
  public record Sent(int sent, int present) {}

  /** Sends these files as {@link #send} does, and shows that it does. */
  public static Sent publish(URI server, List<NamedFile> files, Path folder)
      throws IOException, CommandException {
    try (Progress progress = Progress.onStandardError();
        HttpTransport http = new HttpTransport(HttpDeadlines.STANDARD)) {
      return new FilePublisher(server, http, progress, Patience.standard()).send(files, folder);
    }
  }

  /**
   * Asks for each file whether the server has it, and sends it if not. One that is not taken does
   * not keep the others back; a server that says when to come again is asked again.
   *
   * @throws CommandException if a file was not taken, with the first reason
   */
  Sent send(List<NamedFile> files, Path folder) throws IOException, CommandException {
    for (NamedFile file : files) {
      bytesLeft += Files.size(file.file());
    }
    progress.phase(SENDING, bytesLeft);
    int sent = 0;
    int present = 0;
    int missing = 0;
    @Nullable CommandException first = null;
    for (NamedFile file : files) {
      try {
        if (isThere(file)) {
          present++;
        } else {
          send(file);
          sent++;
        }
      } catch (CommandException e) {
        missing++;
        first = first == null ? e : first;
      }
      long size = Files.size(file.file());
      progress.advance(size);
      bytesLeft -= size;
    }
    progress.done();
    if (first != null) {
      boolean packages = files.stream().anyMatch(file -> !folder.equals(file.file().getParent()));
      throw new CommandException(
          first.exitCode(),
          "%d of %d files were not sent: %s".formatted(missing, files.size(), first.getMessage()),
          "the attestation is in the log; send the rest with: whonix2-rebuilder publish "
              + folder
              + " --to "
              + blobs.substring(0, blobs.length() - "api/v1/blobs/".length())
              + (packages ? " --artifacts" : ""),
          first);
    }
    return new Sent(sent, present);
  }

  private URI uri(NamedFile file) {
    return URI.create(blobs + file.digest());
  }

  private boolean isThere(NamedFile file) throws CommandException {
    try {
      return http.head(uri(file)).status() == 200;
    } catch (FetchException e) {
      throw failed(file, e);
    }
  }

  private void send(NamedFile file) throws IOException, CommandException {
    HttpAnswer answer = put(file);
    for (int next = 2; !isTaken(answer); next++) {
      Optional<Duration> pause = patience.before(next, answer);
      if (pause.isEmpty()) {
        throw refusal(file, answer, next - 1);
      }
      await(file, pause.get(), next);
      answer = put(file);
    }
  }

  private HttpAnswer put(NamedFile file) throws IOException, CommandException {
    try {
      return http.put(uri(file), CONTENT_TYPE, file.file(), MAX_ANSWER_BYTES);
    } catch (FetchException e) {
      throw failed(file, e);
    }
  }

  private static boolean isTaken(HttpAnswer answer) {
    return answer.status() == 201 || answer.status() == 204;
  }

  private void await(NamedFile file, Duration pause, int next) throws CommandException {
    String name = String.valueOf(file.file().getFileName());
    progress.phase(
        "waiting %d s, as the server asks, before try %d of %d with %s"
            .formatted(pause.toSeconds(), next, Patience.TRIES, name));
    try {
      patience.pause(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED, name + ": interrupted before it was sent again", null, e);
    }
    progress.phase(SENDING, bytesLeft);
  }

  private static CommandException refusal(NamedFile file, HttpAnswer answer, int tries) {
    boolean refused = answer.status() == 413 || answer.status() == 410 || answer.status() == 507;
    return new CommandException(
        refused ? ExitCode.REFUSED : ExitCode.OUTSIDE_FAILED,
        file.file().getFileName()
            + ": "
            + ProblemDetails.describe(answer)
            + (tries > 1 ? ", at the last of " + tries + " tries" : ""));
  }

  private static CommandException failed(NamedFile file, FetchException e) {
    return new CommandException(
        ExitCode.OUTSIDE_FAILED, file.file().getFileName() + ": " + e.getMessage(), null, e);
  }
}
