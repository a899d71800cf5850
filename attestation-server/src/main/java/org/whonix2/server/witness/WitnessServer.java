package org.whonix2.server.witness;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.AddCheckpoint;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.WitnessDecision;
import org.whonix2.server.web.ListenAddress;
import org.whonix2.server.web.Problem;
import org.whonix2.server.web.ReadRoute;
import org.whonix2.server.web.RequestBody;
import org.whonix2.server.web.WebListener;

/** A running witness. */
public final class WitnessServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WitnessServer.class);
  private static final int MAX_REPORTED = 100;

  private final SigningKey key;
  private final Clock clock;
  private final Map<String, TrustedLog> logs = new HashMap<>();
  private final CosignedCheckpoints kept;
  private final Map<String, SignedNote> newest = new HashMap<>();
  private final Set<Sha256> reported = new HashSet<>();
  private final WebListener listener;

  private WitnessServer(
      ListenAddress listen, Path state, SigningKey key, List<TrustedLog> trusted, Clock clock)
      throws IOException {
    this.key = key;
    this.clock = clock;
    this.kept = CosignedCheckpoints.open(state, key.verifierKey());
    try {
      for (TrustedLog log : trusted) {
        logs.put(log.origin(), log);
        kept.read(log.origin()).ifPresent(note -> newest.put(log.origin(), note));
      }
      this.listener = WebListener.start("witness", listen, this::register);
    } catch (IOException | RuntimeException e) {
      kept.close();
      throw e;
    }
  }

  /**
   * Listens until closed.
   *
   * @throws IOException if the state cannot be had or the address cannot be bound
   */
  public static WitnessServer start(
      ListenAddress listen, Path state, SigningKey key, List<TrustedLog> logs, Clock clock)
      throws IOException {
    return new WitnessServer(listen, state, key, logs, clock);
  }

  /** Where it listens, with the real port. */
  public URI address() {
    return listener.address();
  }

  private void register(RoutesConfig routes) {
    routes.post("/add-checkpoint", this::addCheckpoint);
    ReadRoute.add(routes, "/{origin}/checkpoint", this::checkpoint);
  }

  private void addCheckpoint(Context context) {
    RequestBody.receive(
        context,
        AddCheckpoint.MAX_BYTES,
        body -> {
          answer(context, body);
          return CompletableFuture.completedFuture(true);
        });
  }

  private void answer(Context context, byte[] body) throws IOException {
    AddCheckpoint request;
    try {
      request = AddCheckpoint.parse(body);
    } catch (MalformedInputException e) {
      new Problem(HttpStatus.BAD_REQUEST_400, String.valueOf(e.getMessage())).answer(context);
      return;
    }
    Answer answer = decide(request);
    WitnessDecision decision = answer.decision();
    if (answer.cosignature().isPresent()) {
      context
          .contentType("text/plain; charset=utf-8")
          .result(AddCheckpoint.formatCosignature(answer.cosignature().get()));
    } else if (decision instanceof WitnessDecision.Conflict) {
      context
          .status(decision.status())
          .contentType(AddCheckpoint.CONFLICT_TYPE)
          .result(decision.body());
    } else {
      new Problem(decision.status(), decision.body().strip()).answer(context);
    }
  }

  private record Answer(WitnessDecision decision, Optional<NoteSignature> cosignature) {}

  /** One at a time, so that what was checked is still the newest when the next is stored. */
  private synchronized Answer decide(AddCheckpoint request) throws IOException {
    String origin = request.checkpoint().origin();
    Optional<Checkpoint> cosigned =
        Optional.ofNullable(newest.get(origin)).map(WitnessServer::tree);
    WitnessDecision decision =
        WitnessDecision.decide(request, Optional.ofNullable(logs.get(origin)), cosigned);
    if (!(decision instanceof WitnessDecision.Cosign cosign)) {
      cosigned.ifPresent(tree -> reportFork(request, decision, tree));
      return new Answer(decision, Optional.empty());
    }
    SignedNote note = cosign.checkpoint().cosign(key, clock.instant());
    kept.write(origin, note);
    newest.put(origin, note);
    return new Answer(decision, Optional.of(note.signatures().get(note.signatures().size() - 1)));
  }

  /**
   * Two trees of one size under the log's signature prove that it forked: not to be lost, and told
   * once, so that nobody can drown it. A bad proof is anybody's and proves nothing.
   */
  private void reportFork(AddCheckpoint request, WitnessDecision decision, Checkpoint tree) {
    Checkpoint found = request.checkpoint();
    boolean forked =
        decision instanceof WitnessDecision.Conflict
            && found.size() == tree.size()
            && !found.root().equals(tree.root());
    if (forked && reported.size() < MAX_REPORTED && reported.add(found.root())) {
      LOG.error(
          "log {} signed two trees of size {}; cosigned:\n{}\nnot cosigned:\n{}",
          found.origin(),
          found.size(),
          newest.get(found.origin()),
          request.note());
    }
  }

  private static Checkpoint tree(SignedNote note) {
    try {
      return Checkpoint.parse(note.text());
    } catch (MalformedInputException e) {
      throw new IllegalStateException("we wrote or checked it", e);
    }
  }

  private void checkpoint(Context context) {
    Optional<SignedNote> found = newest(context.pathParam("origin"));
    if (found.isEmpty()) {
      new Problem(HttpStatus.NOT_FOUND_404, "no checkpoint of such a log was cosigned here")
          .answer(context);
      return;
    }
    context
        .contentType("text/plain; charset=utf-8")
        .header("Cache-Control", "no-cache")
        .result(found.get().toBytes());
  }

  private synchronized Optional<SignedNote> newest(String hash) {
    for (Map.Entry<String, SignedNote> log : newest.entrySet()) {
      Sha256 name = CosignedCheckpoints.nameOf(log.getKey());
      if (name.toString().equals(hash)) {
        return Optional.of(log.getValue());
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    kept.close();
  }
}
