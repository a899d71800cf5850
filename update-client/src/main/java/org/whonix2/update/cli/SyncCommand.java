package org.whonix2.update.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.log.FollowOutcome;
import org.whonix2.core.policy.LogSource;
import org.whonix2.core.policy.Mode;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.ticket.Tickets;
import org.whonix2.core.verdict.Reason;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.cli.StateOptions;
import org.whonix2.io.cli.TimeSpan;
import org.whonix2.io.http.FetchException;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.io.progress.Progress;
import org.whonix2.update.store.BoxStore;
import org.whonix2.update.store.LogStore;
import org.whonix2.update.store.LogStore.Misbehaviour;
import org.whonix2.update.store.StoreBusyException;
import org.whonix2.update.sync.LogSync;
import org.whonix2.update.sync.SyncLimits;
import org.whonix2.update.sync.VetoFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code whonix2-update sync}: follows every log of the policy and writes the gates' tickets. */
@Command(
    name = "sync",
    description = {
      "Fetches every log of the policy whole, and refuses one that rewrites its past.",
      "Then judges every package that the logs name, and writes the tickets that the gates go by.",
      "Exits with 0 only if every log was followed and none of this refuses everything: 1 if the"
          + " policy does, 3 if evidence is missing or stale, 4 if a log misbehaved."
    },
    mixinStandardHelpOptions = true)
final class SyncCommand implements Callable<ExitCode> {
  private static final String CLOCK_BEHIND = "clock-behind";
  private static final String STORE_FAILED = "store-failed";

  @Mixin private final StateOptions folders = new StateOptions();
  @Mixin private final PolicyFile policyFile = new PolicyFile();

  @Option(
      names = "--time-limit",
      paramLabel = "TIME",
      converter = TimeSpan.class,
      defaultValue = "1h",
      description =
          "how long the logs may take together: what came by then is not fetched again"
              + " (default: ${DEFAULT-VALUE})")
  private Duration timeLimit = Duration.ZERO;

  @Option(
      names = "--wait",
      description = "if another sync is running, wait for it, within the time limit")
  private boolean wait;

  @Option(
      names = "--same-policy",
      description =
          "go by the policy under which the tickets stand, wherever it is, if there are any: what a"
              + " timer runs must not change what the owner chose")
  private boolean samePolicy;

  @Option(names = "--quiet", description = "print only what is wrong")
  private boolean quiet;

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public ExitCode call() throws CommandException, IOException {
    if (timeLimit.compareTo(SyncLimits.LONGEST) > 0) {
      throw new CommandException(
          ExitCode.USAGE,
          "expected a time limit of at most " + SyncLimits.LONGEST.toHours() + "h",
          "what came by the end of one sync is not fetched again by the next");
    }
    try (BoxStore store = open()) {
      // Not before: who held it until now may have gone by another policy.
      return sync(readPolicy(store), store);
    }
  }

  private ExitCode sync(PolicyDocument document, BoxStore store)
      throws CommandException, IOException {
    UpdatePolicy policy = document.policy();
    Instant now = Instant.now();
    ExitCode worst = ExitCode.DONE;
    ObjectNode report = StrictJson.newObject();
    ArrayNode logs = report.putArray("logs");
    try (HttpTransport transport = new HttpTransport(HttpDeadlines.STANDARD);
        Progress progress = quiet ? Progress.silent() : Progress.onStandardError()) {
      LogSync sync = new LogSync(policy, transport, now, SyncLimits.within(timeLimit));
      for (LogSource source : policy.logs()) {
        progress.phase("following " + source.origin());
        Result result = follow(sync, source, store.log(source.origin()));
        progress.done();
        worst = worst.or(result.exitCode);
        describe(logs.addObject(), source, result);
        if (!json) {
          print(source, result);
        }
      }
      VetoFiles files = sync.vetoFiles();
      IssuedTickets issued = IssuedTickets.issue(document, store, files, progress);
      FileVerdicts.tellEquivocations(issued.evidence(), report, spec.commandLine().getErr());
      worst = worst.or(tellRefusals(issued.issuance().refusals(), report.putArray("refused")));
      tellTickets(issued.tickets(), report.putObject("tickets"));
      tellHeld(new HeldReport(issued.held(), store.vetoFindings()), files, report);
    }
    if (json) {
      out().println(new String(StrictJson.write(report), StandardCharsets.UTF_8));
    }
    out().flush();
    return worst;
  }

  /** Without a policy the tickets made under an older one are void. */
  private PolicyDocument readPolicy(BoxStore store) throws CommandException, IOException {
    Optional<Path> standing = samePolicy ? standingPolicy(store) : Optional.empty();
    if (standing.isPresent()) {
      // If it cannot be read the gates refuse by themselves, and which one it was stays known.
      return policyFile.read(standing.get());
    }
    try {
      return policyFile.read(folders);
    } catch (CommandException e) {
      IssuedTickets.refuseAll(String.valueOf(e.getMessage()), store);
      throw e;
    } catch (IOException e) {
      IssuedTickets.refuseAll("the policy cannot be read: " + e, store);
      throw e;
    }
  }

  /** Where the policy lies under which the tickets were made; nothing if they name none. */
  private static Optional<Path> standingPolicy(BoxStore store)
      throws CommandException, IOException {
    try {
      return store.tickets().flatMap(Tickets::policy).map(bound -> Path.of(bound.path()));
    } catch (MalformedInputException e) {
      throw new CommandException(
          ExitCode.EVIDENCE_MISSING,
          "the tickets are damaged, and with them which policy they were made under: "
              + e.getMessage(),
          "run whonix2-update sync, with --policy if it is not the default one",
          e);
    }
  }

  /** Gives the gravest refusal's code: a timer that syncs must notice that nothing installs. */
  private ExitCode tellRefusals(List<Reason> refusals, ArrayNode node) {
    ExitCode worst = ExitCode.DONE;
    for (Reason reason : refusals) {
      node.add(reason.what());
      worst = worst.or(FileVerdicts.exitCode(reason.rule().kind()));
      if (!json) {
        PrintWriter err = spec.commandLine().getErr();
        String what = reason.what().lines().findFirst().orElse("");
        err.println("error: everything is refused: " + what);
        err.println("hint: " + reason.remedy());
        err.flush();
      }
    }
    return worst;
  }

  private void tellTickets(Tickets tickets, ObjectNode node) {
    TicketSummary summary = TicketSummary.of(tickets, Instant.now());
    summary.describe(node);
    if (!json && !quiet) {
      out().println("tickets: " + summary.text());
      if (summary.mode() == Mode.OBSERVE) {
        out().println("mode observe: the gates only report what they would refuse");
      }
    }
  }

  private void tellHeld(HeldReport held, VetoFiles files, ObjectNode node) {
    if (json) {
      held.describe(node);
    } else if (!quiet) {
      held.summary().ifPresent(out()::println);
    }
    PrintWriter err = spec.commandLine().getErr();
    files
        .untold()
        .forEach(
            why -> err.println("warning: the evidence of a veto could not be asked for: " + why));
    err.flush();
  }

  private BoxStore open() throws CommandException, IOException {
    long end = System.nanoTime() + timeLimit.toNanos();
    while (true) {
      try {
        return BoxStore.open(folders.state(), true);
      } catch (StoreBusyException e) {
        if (!wait || System.nanoTime() >= end || !sleep()) {
          throw new CommandException(
              ExitCode.OUTSIDE_FAILED,
              String.valueOf(e.getMessage()),
              "wait until it has finished (--wait); verify works meanwhile",
              e);
        }
      }
    }
  }

  /** Returns whether nobody interrupted it. */
  private static boolean sleep() {
    try {
      TimeUnit.MILLISECONDS.sleep(500);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What came of one log. */
  private record Result(String outcome, ExitCode exitCode, String text) {
    Result butFor(List<String> unreached) {
      return new Result(
          outcome, exitCode, text + "; not served by " + String.join("; ", unreached));
    }
  }

  private static Result follow(LogSync sync, LogSource source, LogStore store) {
    try {
      if (store.proof(Misbehaviour.FORK).isPresent()) {
        return new Result(
            "fork",
            ExitCode.MISBEHAVIOUR,
            "the log signed two histories before; the proof stands in "
                + store.proofFile(Misbehaviour.FORK)
                + " and nothing is fetched until you remove it");
      }
      Result result = result(sync.sync(source, store));
      return sync.unreached().isEmpty() ? result : result.butFor(sync.unreached());
    } catch (FetchException e) {
      StringJoiner text = new StringJoiner("; ").add(e.getMessage());
      Stream.of(e.getSuppressed()).forEach(other -> text.add(other.getMessage()));
      return new Result("unreachable", ExitCode.OUTSIDE_FAILED, text.toString());
    } catch (IOException e) {
      return new Result(
          STORE_FAILED,
          ExitCode.OUTSIDE_FAILED,
          "what is kept in "
              + store.folder()
              + " could not be read or written: "
              + e.getClass().getSimpleName()
              + ": "
              + e.getMessage());
    } catch (MalformedInputException e) {
      return new Result(
          "damaged",
          ExitCode.EVIDENCE_MISSING,
          "what is kept is damaged: "
              + e.getMessage()
              + "; to fetch everything anew, and forget which tree this box saw, remove "
              + store.folder());
    }
  }

  private static Result result(FollowOutcome outcome) {
    String text = outcome.explain();
    if (outcome instanceof FollowOutcome.Advanced) {
      return new Result("advanced", ExitCode.DONE, text);
    }
    if (outcome instanceof FollowOutcome.Unchanged) {
      return new Result("unchanged", ExitCode.DONE, text);
    }
    if (outcome instanceof FollowOutcome.Rollback) {
      return new Result("rollback", ExitCode.MISBEHAVIOUR, text);
    }
    if (outcome instanceof FollowOutcome.Fork) {
      return new Result("fork", ExitCode.MISBEHAVIOUR, text);
    }
    if (outcome instanceof FollowOutcome.ClockBehind) {
      return new Result(CLOCK_BEHIND, ExitCode.EVIDENCE_MISSING, text);
    }
    if (outcome instanceof FollowOutcome.NotWitnessed) {
      return new Result("not-witnessed", ExitCode.EVIDENCE_MISSING, text);
    }
    return new Result("unusable", ExitCode.OUTSIDE_FAILED, text);
  }

  private static void describe(ObjectNode node, LogSource source, Result result) {
    node.put("origin", source.origin());
    node.put("outcome", result.outcome);
    node.put("exitCode", result.exitCode.number());
    node.put("text", result.text);
  }

  private void print(LogSource source, Result result) {
    if (result.exitCode == ExitCode.DONE) {
      if (!quiet) {
        out().println(source.origin() + ": " + result.text);
      }
      return;
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println("error: " + source.origin() + ": " + result.text);
    err.println("hint: " + hint(result));
    err.flush();
  }

  private static String hint(Result result) {
    if (result.outcome.equals(CLOCK_BEHIND)) {
      return "set the clock right and sync again";
    }
    if (result.outcome.equals(STORE_FAILED)) {
      return "check the disk's space and the folder's permissions; what was known before stays in"
          + " force";
    }
    return switch (result.exitCode) {
      case MISBEHAVIOUR ->
          "the proof is kept and everything is refused; show it to the log's operator and to other"
              + " followers (docs/operations.md)";
      case EVIDENCE_MISSING -> "what was known before stays in force until it is too old";
      default ->
          "check the network and sync again: it goes on where this one ended; what was known before"
              + " stays in force";
    };
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
