package org.whonix2.server.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.server.blob.Blobs;
import org.whonix2.server.blob.Upload;
import org.whonix2.server.sequencer.Publisher;
import org.whonix2.server.web.LargeBody;
import org.whonix2.server.web.Problem;
import org.whonix2.server.web.ReadRoute;
import org.whonix2.server.web.RequestBody;

/**
 * Files that entries name. They are somebody else's: whatever they claim to be, a browser saves
 * them and does not look into them.
 */
final class BlobRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(BlobRoutes.class);
  private static final String PATH = "/api/v1/blobs/{sha256}";

  /** A disk that failed is tried again after that time. */
  private static final Duration DISK_REST = Duration.ofMinutes(1);

  private static final String IMMUTABLE = "public, max-age=31536000, immutable";

  private final Blobs blobs;
  private final Publisher publisher;

  BlobRoutes(Blobs blobs, Publisher publisher) {
    this.blobs = blobs;
    this.publisher = publisher;
  }

  void register(RoutesConfig routes) {
    ReadRoute.add(routes, PATH, this::get);
    routes.put(PATH, this::put);
  }

  /** The digest in the path; otherwise the problem is answered. */
  private static Optional<Sha256> digest(Context context) {
    try {
      return Optional.of(Sha256.parse(context.pathParam("sha256")));
    } catch (MalformedInputException e) {
      new Problem(HttpStatus.BAD_REQUEST_400, String.valueOf(e.getMessage())).answer(context);
      return Optional.empty();
    }
  }

  private void get(Context context) throws IOException {
    Optional<Sha256> digest = digest(context);
    if (digest.isEmpty()) {
      return;
    }
    Optional<Blobs.Present> present = blobs.find(digest.get());
    if (present.isEmpty()) {
      absent(context);
      return;
    }
    if (!present.get().known()) {
      Problem.tryLater(context, "a file with this digest is here, but not known yet to be named");
      return;
    }
    try (FileChannel channel = FileChannel.open(present.get().file(), StandardOpenOption.READ)) {
      answer(context, digest.get(), channel);
    } catch (NoSuchFileException e) {
      // It went since we looked.
      absent(context);
    }
  }

  private static void absent(Context context) {
    new Problem(HttpStatus.NOT_FOUND_404, "there is no such blob here").answer(context);
  }

  private static void answer(Context context, Sha256 digest, FileChannel channel)
      throws IOException {
    long size = channel.size();
    context
        .header("Cache-Control", IMMUTABLE)
        .header("Content-Disposition", "attachment; filename=\"" + digest + "\"")
        .header("Content-Security-Policy", "default-src 'none'; sandbox")
        .header("ETag", "\"" + digest + "\"")
        .header("Accept-Ranges", "bytes");
    if (HandlerType.HEAD.equals(context.method())) {
      // A range means something for GET only (RFC 9110, section 14.2).
      context.contentType("application/octet-stream").res().setContentLengthLong(size);
      return;
    }
    Optional<ByteRange> range = ByteRange.of(context.header("Range"), size);
    if (range.isPresent() && range.get().isBeyond(size)) {
      context.header("Content-Range", "bytes */" + size);
      new Problem(
              HttpStatus.RANGE_NOT_SATISFIABLE_416,
              "expected a range that begins within " + size + " bytes")
          .answer(context);
      return;
    }
    context.contentType("application/octet-stream");
    ByteRange sent = range.orElse(new ByteRange(0, size));
    if (range.isPresent()) {
      context
          .status(HttpStatus.PARTIAL_CONTENT_206)
          .header("Content-Range", "bytes " + sent.from() + "-" + (sent.to() - 1) + "/" + size);
    }
    channel.position(sent.from());
    InputStream content = Channels.newInputStream(channel);
    LargeBody.send(context, content, sent.length());
  }

  private void put(Context context) throws IOException {
    Optional<Sha256> digest = digest(context);
    if (digest.isEmpty() || !isTaken(context, digest.get())) {
      RequestBody.drop(context);
    }
  }

  /** Returns whether the body was read; if not, the answer is made all the same. */
  private boolean isTaken(Context context, Sha256 digest) throws IOException {
    long length = context.req().getContentLengthLong();
    if (length < 0) {
      new Problem(HttpStatus.LENGTH_REQUIRED_411, "expected a Content-Length").answer(context);
      return false;
    }
    Upload upload = blobs.admit(digest, length, publisher.latest().size());
    if (upload instanceof Upload.Welcome welcome) {
      receive(context, digest, welcome.receiver());
      return true;
    }
    if (upload instanceof Upload.Stored) {
      context.status(HttpStatus.NO_CONTENT_204);
    } else if (upload instanceof Upload.NotYetKnown) {
      Problem.tryLater(context, "many entries come in, and which blobs they name is not known yet");
    } else {
      refusal(upload).answer(context);
    }
    return false;
  }

  private static void receive(Context context, Sha256 digest, Upload.Receiver receiver) {
    Upload upload;
    try {
      upload = LargeBody.receive(context, receiver::receive);
    } catch (IOException e) {
      LOG.error("a blob was not stored: {}", e.toString());
      new Problem(HttpStatus.SERVICE_UNAVAILABLE_503, "the server could not store it")
          .answer(context, DISK_REST);
      return;
    }
    if (!(upload instanceof Upload.Stored)) {
      refusal(upload).answer(context);
      return;
    }
    context
        .status(HttpStatus.CREATED_201)
        .header("Location", "/api/v1/blobs/" + digest)
        .header("Cache-Control", "no-store");
  }

  private static Problem refusal(Upload refused) {
    if (refused instanceof Upload.TooLong limit) {
      return new Problem(
          HttpStatus.PAYLOAD_TOO_LARGE_413,
          "expected a blob of at most " + limit.most() + " bytes, found more");
    }
    if (refused instanceof Upload.OtherLength) {
      return new Problem(
          HttpStatus.UNPROCESSABLE_ENTITY_422,
          "expected the length that an attestation gives for this artifact, found another");
    }
    if (refused instanceof Upload.OtherContent other) {
      return new Problem(
          HttpStatus.UNPROCESSABLE_ENTITY_422,
          "expected content with this SHA-256, found " + other.found());
    }
    if (refused instanceof Upload.NoRoom) {
      return new Problem(
          HttpStatus.INSUFFICIENT_STORAGE_507, "no rebuilder who names it has room left here");
    }
    if (refused instanceof Upload.Expired) {
      return new Problem(
          HttpStatus.GONE_410, "the entries that name it are older than blobs are kept here");
    }
    return new Problem(
        HttpStatus.NOT_FOUND_404, "expected a digest that a logged entry names, found another");
  }
}
