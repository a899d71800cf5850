package org.whonix2.server.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.statement.RosterChange;
import org.whonix2.server.admission.Admission;
import org.whonix2.server.admission.AdmissionRules;
import org.whonix2.server.roster.LoggedRoster;
import org.whonix2.server.sequencer.Publisher;
import org.whonix2.server.sequencer.Sequenced;
import org.whonix2.server.sequencer.Sequencer;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.PublishedNote;
import org.whonix2.server.store.Said;
import org.whonix2.server.web.Problem;
import org.whonix2.server.web.RequestBody;

/** Takes envelopes in; answers when a published checkpoint covers them. */
final class SubmissionRoute {
  private static final Logger LOG = LoggerFactory.getLogger(SubmissionRoute.class);
  private static final Set<String> CONTENT_TYPES =
      Set.of("application/json", "application/vnd.dsse.envelope.v1+json");
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private static final Duration COSIGNING_DEADLINE = Duration.ofSeconds(12);

  /** A witness that failed is asked again after that time. */
  private static final Duration WITNESSES_REST = Duration.ofSeconds(30);

  private static final CompletableFuture<?> ANSWERED = CompletableFuture.completedFuture(true);
  private static final String COSIGNED = "cosigned";
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,2}");

  private final LogStore store;
  private final Publisher publisher;
  private final Sequencer sequencer;
  private final LoggedRoster roster;
  private final AdmissionRules rules;
  private final Clock clock;
  private final Executor answers;
  private final Proofs proofs;
  private final Cosignatures cosignatures;

  SubmissionRoute(
      LogStore store,
      Publisher publisher,
      Sequencer sequencer,
      LoggedRoster roster,
      AdmissionRules rules,
      Clock clock,
      Proofs proofs,
      Executor answers) {
    this.store = store;
    this.publisher = publisher;
    this.sequencer = sequencer;
    this.roster = roster;
    this.rules = rules;
    this.clock = clock;
    this.proofs = proofs;
    this.answers = answers;
    this.cosignatures = new Cosignatures(publisher::latest, COSIGNING_DEADLINE, answers);
  }

  void register(RoutesConfig routes) {
    routes.post("/api/v1/attestations", this::submit);
  }

  private void submit(Context context) {
    if (!CONTENT_TYPES.contains(mediaType(context.contentType()))) {
      new Problem(
              HttpStatus.UNSUPPORTED_MEDIA_TYPE_415,
              "expected the content type application/vnd.dsse.envelope.v1+json or application/json")
          .answer(context);
      return;
    }
    OptionalInt cosigned = cosigned(context);
    if (cosigned.isEmpty()) {
      return;
    }
    RequestBody.receive(
        context, Envelope.MAX_BYTES, body -> submit(context, body, cosigned.getAsInt()));
  }

  /** Returns when it is answered. */
  private CompletableFuture<?> submit(Context context, byte[] body, int cosigned)
      throws IOException {
    Envelope envelope;
    try {
      envelope = Envelope.parse(body);
    } catch (MalformedInputException e) {
      return refuse(context, rules.refuse(e));
    }
    Optional<LogEntry> claimed = LogEntry.claimed(envelope);
    OptionalLong index =
        claimed.isPresent() ? store.indexOf(claimed.get().identity()) : OptionalLong.empty();
    if (index.isPresent() && isLogged(claimed.get(), index.getAsLong())) {
      // Whatever became of its signer: an entry that is stored needs no checkpoint but a new one.
      return again(context, claimed.get(), index.getAsLong(), cosigned);
    }
    Admission admission = rules.judge(envelope, roster.current(), clock.instant());
    if (!(admission instanceof Admission.Admitted admitted)) {
      return refuse(context, admission);
    }
    // Its signer is who it claimed to be: if it is said already, it was found.
    Optional<Admission> tooMany = index.isPresent() ? rules.ofNobody() : rules.ofSigner(admitted);
    if (tooMany.isPresent()) {
      return refuse(context, tooMany.get());
    }
    return index.isPresent()
        ? again(context, admitted.entry(), index.getAsLong(), cosigned)
        : log(context, admitted.entry(), cosigned);
  }

  private static CompletableFuture<?> refuse(Context context, Admission admission) {
    if (admission instanceof Admission.Malformed malformed) {
      new Problem(HttpStatus.BAD_REQUEST_400, malformed.detail()).answer(context);
    } else if (admission instanceof Admission.Forbidden forbidden) {
      new Problem(HttpStatus.FORBIDDEN_403, forbidden.detail()).answer(context);
    } else if (admission instanceof Admission.TooMany tooMany) {
      new Problem(HttpStatus.TOO_MANY_REQUESTS_429, tooMany.detail())
          .answer(context, tooMany.later());
    } else if (admission instanceof Admission.Conflict conflict) {
      new Problem(HttpStatus.CONFLICT_409, conflict.detail()).answer(context);
    } else {
      throw new IllegalArgumentException("no refusal: " + admission);
    }
    return ANSWERED;
  }

  /** How many witnesses are to have cosigned; if it is no such number, the problem is answered. */
  private OptionalInt cosigned(Context context) {
    Set<String> names = context.queryParamMap().keySet();
    List<String> values = context.queryParams(COSIGNED);
    if (names.isEmpty()) {
      return OptionalInt.of(0);
    }
    int most = publisher.witnesses();
    boolean wellFormed =
        names.equals(Set.of(COSIGNED))
            && values.size() == 1
            && NUMBER.matcher(values.get(0)).matches();
    if (wellFormed && Integer.parseInt(values.get(0)) <= most) {
      return OptionalInt.of(Integer.parseInt(values.get(0)));
    }
    new Problem(
            HttpStatus.BAD_REQUEST_400,
            "expected no parameter but cosigned, once, a number up to "
                + most
                + ", which is how many witnesses this log has")
        .answer(context);
    return OptionalInt.empty();
  }

  /** Whether the very bytes are the entry at this index. */
  private boolean isLogged(LogEntry entry, long index) throws IOException {
    return Arrays.equals(store.entries(index, 1).get(0), entry.content());
  }

  /** What is stored already, but perhaps not covered by a checkpoint yet. */
  private CompletableFuture<?> again(Context context, LogEntry entry, long index, int cosigned)
      throws IOException {
    PublishedNote latest = publisher.latest();
    return index < latest.size()
        ? answer(
            context,
            entry,
            cosigned,
            CompletableFuture.completedFuture(new Sequenced(index, false, latest)))
        : log(context, entry, cosigned);
  }

  private static String mediaType(@Nullable String contentType) {
    return contentType == null
        ? ""
        : contentType.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
  }

  private CompletableFuture<?> log(Context context, LogEntry entry, int cosigned) {
    Optional<CompletableFuture<Sequenced>> place = sequencer.submit(entry);
    if (place.isEmpty()) {
      Problem.tryLater(context, "too many submissions wait, or the server is about to stop");
      return ANSWERED;
    }
    return answer(
        context, entry, cosigned, place.get().orTimeout(DEADLINE.toSeconds(), TimeUnit.SECONDS));
  }

  private CompletableFuture<?> answer(
      Context context, LogEntry entry, int cosigned, CompletableFuture<Sequenced> place) {
    return place
        .thenCompose(sequenced -> cosignatures.await(sequenced, cosigned))
        .handleAsync(
            (sequenced, failure) -> answer(context, entry, cosigned, sequenced, failure), answers);
  }

  private @Nullable Void answer(
      Context context,
      LogEntry entry,
      int cosigned,
      @Nullable Sequenced sequenced,
      @Nullable Throwable failure) {
    try {
      if (sequenced != null) {
        if (!changedNothing(context, entry, sequenced)) {
          answer(context, cosigned, sequenced);
        }
        return null;
      }
      LOG.warn("a submission was not answered: {}", String.valueOf(failure));
    } catch (IOException e) {
      LOG.error("no proof for an entry that is logged: {}", e.getMessage());
    }
    Problem.tryLater(
        context, "no checkpoint covers the entry yet; submitting the same bytes again tells");
    return null;
  }

  /** Two roster changes of one serial can both have been judged before either was logged. */
  private boolean changedNothing(Context context, LogEntry entry, Sequenced sequenced)
      throws IOException {
    Optional<Said> said = entry.said().or(() -> LogEntry.logged(entry.content()).said());
    if (said.isEmpty() || !(said.get().statement() instanceof RosterChange change)) {
      return false;
    }
    long first = roster.changedBy(change.serial()).orElse(sequenced.index());
    if (first == sequenced.index()) {
      return false;
    }
    new Problem(
            HttpStatus.CONFLICT_409,
            "entry "
                + first
                + " has the serial "
                + change.serial()
                + " already: this one, entry "
                + sequenced.index()
                + ", changes nothing")
        .answer(context);
    return true;
  }

  private void answer(Context context, int cosigned, Sequenced sequenced) throws IOException {
    int found = cosigned == 0 ? 0 : Cosignatures.count(sequenced.checkpoint());
    if (found < cosigned) {
      new Problem(
              HttpStatus.GATEWAY_TIMEOUT_504,
              "entry "
                  + sequenced.index()
                  + " is logged, under a checkpoint that "
                  + found
                  + " witnesses cosigned so far, not "
                  + cosigned
                  + "; submit the same bytes again")
          .answer(context, WITNESSES_REST);
      return;
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("index", sequenced.index());
    json.put("proof", proofs.of(sequenced.index(), sequenced.checkpoint()));
    context
        .status(sequenced.isNew() ? HttpStatus.CREATED_201 : HttpStatus.OK_200)
        .header("Location", "/api/v1/attestations/" + sequenced.index())
        .header("Cache-Control", "no-store")
        .contentType("application/json")
        .result(json.toString());
  }
}
