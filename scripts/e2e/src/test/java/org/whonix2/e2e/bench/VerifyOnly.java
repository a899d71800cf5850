package org.whonix2.e2e.bench;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpStatus;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.dsse.Verification;
import org.whonix2.core.dsse.VerifiedEnvelope;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.server.web.ListenAddress;
import org.whonix2.server.web.RequestBody;
import org.whonix2.server.web.WebListener;

/**
 * What a log is measured beside: the same listener, and a handler that reads an envelope, verifies
 * its signature and says so. It stores nothing.
 */
final class VerifyOnly {
  private final Map<Fingerprint, Certificate> roster;

  private VerifyOnly(Map<Fingerprint, Certificate> roster) {
    this.roster = roster;
  }

  /** Prints where it listens, and listens until killed. */
  public static void main(String[] arguments) throws IOException, MalformedInputException {
    Map<Fingerprint, Certificate> roster =
        SubmitLoad.keys(Path.of(arguments[0])).stream()
            .map(SecretKey::certificate)
            .collect(Collectors.toMap(Certificate::fingerprint, certificate -> certificate));
    VerifyOnly handler = new VerifyOnly(roster);
    WebListener listener =
        WebListener.start(
            "verify",
            new ListenAddress("127.0.0.1", 0),
            routes ->
                routes.post(
                    "/api/v1/attestations",
                    context ->
                        RequestBody.receive(
                            context, Envelope.MAX_BYTES, body -> handler.answer(context, body))));
    System.out.println(listener.address());
  }

  private CompletableFuture<?> answer(Context context, byte[] body) throws IOException {
    Envelope envelope;
    try {
      envelope = Envelope.parse(body);
    } catch (MalformedInputException e) {
      throw new IOException(e);
    }
    Verification verification =
        VerifiedEnvelope.verify(
            envelope, signer -> Optional.ofNullable(roster.get(signer)), Instant.now());
    boolean verified = verification instanceof Verification.Verified;
    context
        .status(verified ? HttpStatus.OK_200 : HttpStatus.FORBIDDEN_403)
        .contentType("application/json")
        .result("{\"verified\":" + verified + "}");
    return CompletableFuture.completedFuture(verified);
  }
}
