package org.whonix2.server.api;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.statement.RosterChange;
import org.whonix2.server.Attestations;
import org.whonix2.server.Samples;
import org.whonix2.server.TestLog;

/**
 * A request to an operation of the OpenAPI document, and the status of its answer.
 *
 * @param operation such as {@code GET /api/v1/packages/{source}}
 * @param target as it stands in the request's first line
 * @param contentType of the body; empty without one
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record DescribedRequest(
    String operation, String target, String contentType, byte[] body, int status) {
  private static final String SUBMIT = "POST /api/v1/attestations";

  static DescribedRequest get(String template, String target, int status) {
    return new DescribedRequest("GET " + template, target, "", new byte[0], status);
  }

  static DescribedRequest submit(byte[] body, int status) {
    return new DescribedRequest(SUBMIT, "/api/v1/attestations", TestLog.ENVELOPE, body, status);
  }

  /**
   * Good and bad ones to every operation, in an order in which they have these answers.
   *
   * @param log which has {@link Samples#some}
   */
  static List<DescribedRequest> all(TestLog log) {
    return Stream.of(submissions(log), queries(), look(), tree(), blobs())
        .flatMap(List::stream)
        .toList();
  }

  private static List<DescribedRequest> submissions(TestLog log) {
    byte[] envelope = Attestations.signed(log.rebuilder(), 1);
    byte[] stranger = Attestations.signed(Attestations.rebuilder("mallory"), 1);
    byte[] cut =
        new String(envelope, StandardCharsets.UTF_8).substring(1).getBytes(StandardCharsets.UTF_8);
    RosterChange.Change admission =
        new RosterChange.Admit(Attestations.rebuilder("mallory").certificate());
    return List.of(
        submit(log.change(log.serial() + 2, "mallory", admission), 409),
        submit(envelope, 201),
        submit(envelope, 200),
        submit(Attestations.failed(log.rebuilder(), 2), 201),
        new DescribedRequest(SUBMIT, "/api/v1/attestations", "application/json", envelope, 200),
        submit(cut, 400),
        submit(new byte[0], 400),
        submit("{}".getBytes(StandardCharsets.UTF_8), 400),
        submit(stranger, 403),
        submit("x".repeat(65_536).getBytes(StandardCharsets.UTF_8), 413),
        new DescribedRequest(SUBMIT, "/api/v1/attestations", "text/plain", envelope, 415));
  }

  private static List<DescribedRequest> queries() {
    String path = "/api/v1/attestations";
    List<DescribedRequest> requests = new ArrayList<>();
    for (String good :
        List.of(
            "",
            "?",
            "?source=net-tools&version=2.10-0.1+deb12u2&architecture=amd64&limit=100",
            "?binary=liblzma5&version=1:5.6~rc1-1",
            "?binary=liblzma5&version=1%3A5.6%7Erc1-1",
            "?rebuilder=0123456789abcdef0123456789ABCDEF01234567",
            "?toolchain=gcc-12&compilerRoot=clang&result=rebuilt",
            "?result=failed&after=0&limit=1")) {
      requests.add(get(path, path + good, 200));
    }
    for (String bad :
        List.of(
            "?unknown=1",
            "?source=",
            "?source",
            "?source=A",
            "?source=net%20tools",
            "?source=" + "a".repeat(201),
            "?source=net-tools&source=net-tools",
            "?binary=%c3%a4%c3%a4",
            "?binary=%2",
            "?version=1-",
            "?version=a",
            "?version=1_2",
            "?architecture=AMD64",
            "?rebuilder=0123",
            "?toolchain=-",
            "?compilerRoot=" + "g".repeat(65),
            "?result=good",
            "?after=-1",
            "?after=00",
            "?limit=0",
            "?limit=101",
            "?limit=1.5")) {
      requests.add(get(path, path + bad, 400));
    }
    return requests;
  }

  private static List<DescribedRequest> look() {
    String artifact = "/api/v1/artifacts/{sha256}";
    String packages = "/api/v1/packages";
    String source = packages + "/{source}";
    String version = source + "/{version}";
    String snapshots = "/api/v1/snapshots/{suite}";
    String digest = "/api/v1/artifacts/" + Samples.digest(1);
    return List.of(
        get("/api/v1/rebuilders", "/api/v1/rebuilders", 200),
        get(artifact, digest, 200),
        get(artifact, digest + "?limit=1", 200),
        get(artifact, digest + "?after=0&limit=100", 200),
        get(artifact, digest.replaceFirst("..$", "GG"), 400),
        get(artifact, "/api/v1/artifacts/0", 400),
        get(artifact, digest + "?limit=1000", 400),
        get(artifact, digest + "?source=net-tools", 400),
        get(artifact, "/api/v1/artifacts/" + Samples.digest(99), 404),
        get(packages, packages, 200),
        get(packages, packages + "?after=0&limit=1", 200),
        get(packages, packages + "?after=x", 400),
        get(packages, packages + "?source=net-tools", 400),
        get(source, packages + "/xz-utils", 200),
        get(source, packages + "/xz-utils?limit=1", 200),
        get(source, packages + "/Xz", 400),
        get(source, packages + "/xz-utils?limit=x", 400),
        get(source, packages + "/absent", 404),
        get(version, packages + "/xz-utils/1:5.6~rc1-1", 200),
        get(version, packages + "/net-tools/2.10-0.1%2Bdeb12u2?limit=2", 200),
        get(version, packages + "/net-tools/x", 400),
        get(version, packages + "/NET/1", 400),
        get(version, packages + "/net-tools/1?result=failed", 400),
        get(version, packages + "/net-tools/1", 404),
        get(snapshots, "/api/v1/snapshots/bookworm", 200),
        get(snapshots, "/api/v1/snapshots/bookworm/updates?limit=3&after=2", 200),
        get(snapshots, "/api/v1/snapshots/Bookworm", 400),
        get(snapshots, "/api/v1/snapshots/bookworm?rebuilder=alpha-1", 400));
  }

  private static List<DescribedRequest> tree() {
    String attestation = "/api/v1/attestations/{index}";
    String proof = "/api/v1/proofs/{index}";
    List<DescribedRequest> requests = new ArrayList<>();
    for (String template : List.of(attestation, proof)) {
      String path = template.replace("{index}", "");
      requests.add(get(template, path + "0", 200));
      requests.add(get(template, path + "00", 400));
      requests.add(get(template, path + "-1", 400));
      requests.add(get(template, path + "1e1", 400));
      requests.add(get(template, path + "1000000000000000000", 400));
      requests.add(get(template, path + "100000000000000000", 404));
    }
    requests.addAll(
        List.of(
            get("/checkpoint", "/checkpoint", 200),
            get("/tile/{path}", "/tile/0/000.p/9", 200),
            get("/tile/{path}", "/tile/entries/000.p/9", 200),
            get("/tile/{path}", "/tile/0/000", 404),
            get("/tile/{path}", "/tile/entries/x001/000", 404),
            get("/tile/{path}", "/tile/64/000", 404),
            get("/tile/{path}", "/tile/none", 404),
            get("/health", "/health", 200),
            get("/openapi.yaml", "/openapi.yaml", 200)));
    return requests;
  }

  /** {@link Samples} name a log of these bytes. */
  private static List<DescribedRequest> blobs() {
    String template = "/api/v1/blobs/{sha256}";
    String path = "/api/v1/blobs/";
    byte[] named = {0, 0, 4, 1};
    byte[] other = {1, 2, 3};
    return List.of(
        get(template, path + Sha256.of(named), 404),
        blob("PUT " + template, path + Sha256.of(named), other, 422),
        blob("PUT " + template, path + Sha256.of(named), named, 201),
        blob("PUT " + template, path + Sha256.of(named), named, 204),
        blob("PUT " + template, path + Sha256.of(other), other, 404),
        blob("PUT " + template, path + "0", other, 400),
        get(template, path + Sha256.of(named), 200),
        get(template, path + "0", 400));
  }

  private static DescribedRequest blob(String operation, String target, byte[] body, int status) {
    return new DescribedRequest(operation, target, "", body, status);
  }

  /** The same by another method. */
  DescribedRequest withMethod(String method) {
    return new DescribedRequest(
        method + operation.substring(operation.indexOf(' ')), target, contentType, body, status);
  }

  HttpResponse<byte[]> send(TestLog log) throws IOException {
    String method = operation.substring(0, operation.indexOf(' '));
    StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    request.append("Host: x\r\nConnection: close\r\n");
    if (method.startsWith("P")) {
      request.append("Content-Length: ").append(body.length).append("\r\n");
    }
    if (!contentType.isEmpty()) {
      request.append("Content-Type: ").append(contentType).append("\r\n");
    }
    String text = new String(body, StandardCharsets.US_ASCII);
    return RawRequest.send(log.uri("/"), request.append("\r\n").append(text).toString());
  }

  @Override
  public String toString() {
    return operation + ": " + target + " " + contentType + " " + status;
  }
}
