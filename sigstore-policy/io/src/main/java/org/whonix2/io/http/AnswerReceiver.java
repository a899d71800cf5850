package org.whonix2.io.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;

/** Takes an answer in, and stops it as soon as it is more than was allowed. */
final class AnswerReceiver implements Response.Listener {
  private final URI uri;
  private final int maxBytes;
  private final HttpDeadlines deadlines;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final CompletableFuture<HttpAnswer> answer = new CompletableFuture<>();

  AnswerReceiver(URI uri, int maxBytes, HttpDeadlines deadlines) {
    this.uri = uri;
    this.maxBytes = maxBytes;
    this.deadlines = deadlines;
  }

  /** The answer, or a {@link FetchException}. */
  CompletableFuture<HttpAnswer> answer() {
    return answer;
  }

  @Override
  public void onHeaders(Response response) {
    long announced = response.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
    String encoding = response.getHeaders().get(HttpHeader.CONTENT_ENCODING);
    // What a HEAD announces does not come.
    boolean comes = !HttpMethod.HEAD.is(response.getRequest().getMethod());
    if (comes && announced > maxBytes) {
      stop(response, "expected at most " + maxBytes + " bytes, found " + announced + " announced");
    } else if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      stop(response, "expected no content encoding, found one that was not asked for");
    }
  }

  @Override
  public void onContent(Response response, ByteBuffer content) {
    if (content.remaining() > maxBytes - body.size()) {
      stop(response, "expected at most " + maxBytes + " bytes, found more");
      return;
    }
    byte[] part = new byte[content.remaining()];
    content.get(part);
    body.writeBytes(part);
  }

  private void stop(Response response, String what) {
    FetchException refused = new FetchException(uri, what);
    answer.completeExceptionally(refused);
    // Whether it came in time to abort does not matter: the answer is refused.
    CompletableFuture<Boolean> unused = response.abort(refused);
  }

  @Override
  public void onComplete(Result result) {
    Throwable failure = result.getFailure();
    // Who refuses a body that is not whole yet has answered all the same.
    boolean refused =
        result.getResponseFailure() == null && result.getResponse().getStatus() >= 400;
    if (failure != null && !refused) {
      answer.completeExceptionally(new FetchException(uri, describe(failure), failure));
      return;
    }
    Response response = result.getResponse();
    answer.complete(
        new HttpAnswer(
            uri,
            response.getStatus(),
            header(response, HttpHeader.CONTENT_TYPE),
            header(response, HttpHeader.RETRY_AFTER),
            body.toByteArray()));
  }

  private static Optional<String> header(Response response, HttpHeader name) {
    return Optional.ofNullable(response.getHeaders().get(name));
  }

  private String describe(Throwable failure) {
    if (failure instanceof SocketTimeoutException) {
      return "expected a connection within " + deadlines.connect() + ", found none";
    }
    if (failure instanceof TimeoutException) {
      return late();
    }
    if (failure instanceof ConnectException) {
      return "expected a connection, found: " + failure.getMessage();
    }
    if (failure instanceof UnknownHostException) {
      return "expected a name with an address, found none";
    }
    if (failure instanceof SSLException) {
      return "expected a TLS connection, found: " + failure.getMessage();
    }
    if (failure instanceof EOFException) {
      return "expected the whole answer, found the connection closed after "
          + body.size()
          + " bytes of it";
    }
    return "expected an answer, found "
        + failure.getClass().getSimpleName()
        + ": "
        + failure.getMessage();
  }

  String late() {
    return "expected the whole answer within "
        + deadlines.total()
        + ", found it unfinished after "
        + body.size()
        + " bytes";
  }
}
