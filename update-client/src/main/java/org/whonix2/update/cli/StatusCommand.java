package org.whonix2.update.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.policy.Mode;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.ticket.Issuance;
import org.whonix2.core.ticket.Tickets;
import org.whonix2.core.verdict.Evidence;
import org.whonix2.core.verdict.LogEvidence;
import org.whonix2.core.verdict.Reason;
import org.whonix2.core.verdict.Standing;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.cli.StateOptions;
import org.whonix2.update.gate.GateSetup;
import org.whonix2.update.store.BoxStore;
import org.whonix2.update.store.VetoFindings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code whonix2-update status}: policy, logs, tickets and gate at a glance. */
@Command(
    name = "status",
    description = {
      "Says how policy, logs, tickets and gate stand, and which packages are held by whose vetoes.",
      "Exits with 0 only if updates are judged and the gate enforces: 1 if it does not, 3 if"
          + " evidence is missing or stale, 4 if a log misbehaved."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<ExitCode> {
  @Mixin private final StateOptions folders = new StateOptions();
  @Mixin private final PolicyFile policyFile = new PolicyFile();

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final ObjectNode report = StrictJson.newObject();
  private final ArrayNode logs = report.putArray("logs");
  private ExitCode worst = ExitCode.DONE;

  @Override
  public ExitCode call() throws CommandException, IOException {
    PolicyDocument document = policyFile.read(folders);
    UpdatePolicy policy = document.policy();
    Instant now = Instant.now();
    tell(policy);
    try (BoxStore store = BoxStore.open(folders.state(), false)) {
      VetoFindings findings = store.vetoFindings();
      Evidence evidence = new KeptEvidence(policy, now).read(store, findings);
      evidence.logs().forEach(log -> tell(log, now));
      Issuance issuance = Issuance.of(policy, document.bound(), evidence, now);
      tell(issuance.refusals());
      tellTickets(store, now);
      HeldReport held = new HeldReport(issuance.held(), findings);
      if (json) {
        held.describe(report);
      } else {
        held.lines().forEach(this::line);
      }
    }
    tellGate();
    if (json) {
      out().println(new String(StrictJson.write(report), StandardCharsets.UTF_8));
    }
    out().flush();
    return worst;
  }

  private void tell(UpdatePolicy policy) {
    ObjectNode node = report.putObject("policy");
    node.put("name", policy.name());
    node.put("serial", policy.serial());
    node.put("expires", policy.expires().toString());
    node.put("mode", policy.mode().toString());
    line(
        "policy  " + policy.name() + ", serial " + policy.serial() + ", until " + policy.expires());
    if (policy.mode() == Mode.OBSERVE) {
      line("mode    OBSERVE: the gate only reports what it would refuse; nothing is stopped");
      worst = worst.or(ExitCode.REFUSED);
    } else {
      line("mode    enforce");
    }
  }

  private void tell(LogEvidence log, Instant now) {
    ObjectNode node = logs.addObject().put("origin", log.origin());
    Standing standing = log.standing();
    String text;
    if (standing instanceof Standing.Followed followed) {
      node.put("standing", "followed").put("size", followed.size());
      Optional<Instant> witnessed = followed.witnessed();
      witnessed.ifPresent(time -> node.put("witnessed", time.toString()));
      text =
          followed.size()
              + " entries, "
              + witnessed
                  .map(time -> "witnessed at " + time + " (" + age(time, now) + " ago)")
                  .orElse("witnessed by too few");
    } else if (standing instanceof Standing.Absent absent) {
      node.put("standing", "absent").put("why", absent.why());
      text = absent.why();
    } else if (standing instanceof Standing.Misbehaved misbehaved) {
      node.put("standing", "misbehaved").put("what", misbehaved.what());
      text = "IT " + misbehaved.what();
    } else {
      throw new IllegalStateException("unknown standing " + standing);
    }
    line("log     " + log.origin() + ": " + text);
  }

  private static Duration age(Instant time, Instant now) {
    return Duration.ofSeconds(Math.max(0, Duration.between(time, now).toSeconds()));
  }

  private void tell(List<Reason> refusals) {
    ArrayNode refused = report.putArray("refused");
    for (Reason reason : refusals) {
      refused.add(reason.what());
      line("refused everything: " + reason.what().lines().findFirst().orElse(""));
      line("        hint: " + reason.remedy());
      worst = worst.or(FileVerdicts.exitCode(reason.rule().kind()));
    }
  }

  private void tellTickets(BoxStore store, Instant now) throws IOException {
    ObjectNode node = report.putObject("tickets");
    try {
      Optional<Tickets> tickets = store.tickets();
      if (tickets.isEmpty()) {
        missing(node, "none; run whonix2-update sync");
        return;
      }
      TicketSummary summary = TicketSummary.of(tickets.get(), now);
      summary.describe(node);
      line("tickets " + summary.text() + ", made at " + summary.made());
      if (summary.live() == 0) {
        worst = worst.or(ExitCode.EVIDENCE_MISSING);
      }
    } catch (AccessDeniedException e) {
      missing(node, "cannot be read by this user; run this as root");
    } catch (MalformedInputException e) {
      missing(node, "damaged: " + e.getMessage() + "; run whonix2-update sync");
    }
  }

  private void missing(ObjectNode node, String why) {
    node.put("live", 0).put("refusal", why);
    line("tickets " + why);
    worst = worst.or(ExitCode.EVIDENCE_MISSING);
  }

  private void tellGate() throws IOException {
    GateSetup gate = new GateSetup(GateSetup.INSTALLED);
    if (!gate.isInstalled()) {
      report.putObject("gate").put("enforcing", false).put("problem", "not installed");
      line("gate    NOT INSTALLED: apt and dpkg ask nobody");
      worst = worst.or(ExitCode.REFUSED);
      return;
    }
    GateSetup.Answer answer = json ? gate.run("status", "--json") : gate.run("status");
    if (json) {
      report.set("gate", new ObjectMapper().readTree(answer.output()));
    }
    answer.output().lines().forEach(told -> line("gate    " + told));
    if (answer.status() != 0) {
      worst = worst.or(ExitCode.REFUSED);
    }
  }

  private void line(String text) {
    if (!json) {
      out().println(text);
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
