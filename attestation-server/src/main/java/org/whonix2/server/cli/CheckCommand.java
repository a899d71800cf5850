package org.whonix2.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.CheckpointVerification;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.cli.StateOptions;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.io.progress.Progress;
import org.whonix2.server.admission.PastAdmission;
import org.whonix2.server.api.LogApi;
import org.whonix2.server.roster.LoggedRoster;
import org.whonix2.server.store.Database;
import org.whonix2.server.store.DatabaseLocation;
import org.whonix2.server.store.EntryRules.Taken;
import org.whonix2.server.store.LogCheck;
import org.whonix2.server.store.LogCheck.Outcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    description = {
      "Reads a whole log again and proves that it agrees with itself and with its key.",
      "A log in a state folder must not be served meanwhile; one on PostgreSQL may be."
    },
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<ExitCode> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private StateOptions folders = new StateOptions();
  @Mixin private DatabaseOptions database = new DatabaseOptions();

  @Option(
      names = "--log",
      required = true,
      paramLabel = "VKEY",
      description = "the log's public key")
  private String log = "";

  @Option(
      names = "--witness",
      paramLabel = "VKEY",
      description = "a witness whose cosignature there must be; may be given often")
  private List<String> witnesses = List.of();

  @Option(
      names = "--operator",
      paramLabel = "CERTIFICATE-FILE",
      description = {
        "whose changes of the roster are verified, as serve has it, and earlier ones; may be given",
        "often; without it nothing says that those on the roster were let in by the operator"
      })
  private List<Path> operators = List.of();

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description =
          "a checkpoint of the log that was kept elsewhere, which the log must extend;"
              + " may be given often")
  private List<Path> checkpoints = List.of();

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  @Override
  public ExitCode call() throws IOException, MalformedInputException, CommandException {
    DatabaseLocation location = database.location(folders.state());
    VerifierKey key = VerifierKey.parse(log);
    if (key.type() != SignatureType.ED25519) {
      throw new MalformedInputException("expected a log's key (type 1), found a witness's");
    }
    LogCheck.Evidence evidence = evidence(TrustedLog.of(key));
    if (location instanceof DatabaseLocation.Embedded embedded
        && !Files.exists(embedded.folder().resolve("log.mv.db"))) {
      throw new CommandException(
          ExitCode.USAGE, embedded.folder() + ": expected a log there, found none");
    }
    Path scratch = Files.createTempDirectory("whonix2-check");
    try (Database opened = location.open();
        Progress progress = Progress.onStandardError()) {
      return tell(
          LogCheck.run(opened, LogApi.indexes(Clock.systemUTC()), evidence, scratch, progress));
    } finally {
      delete(scratch);
    }
  }

  private LogCheck.Evidence evidence(TrustedLog trusted)
      throws IOException, MalformedInputException {
    List<VerifierKey> cosigners = new ArrayList<>();
    for (String witness : witnesses) {
      cosigners.add(VerifierKey.parse(witness));
    }
    List<Checkpoint> kept = new ArrayList<>();
    for (Path file : checkpoints) {
      kept.add(checkpoint(file, trusted));
    }
    List<Certificate> certificates = new ArrayList<>();
    for (Path file : operators) {
      certificates.add(CertificateFile.read(file));
    }
    Instant now = Clock.systemUTC().instant();
    return new LogCheck.Evidence(
        trusted,
        cosigners,
        kept,
        reader -> new PastAdmission(new LoggedRoster(reader), trusted.origin(), certificates, now));
  }

  private static Checkpoint checkpoint(Path file, TrustedLog trusted)
      throws IOException, MalformedInputException {
    CheckpointVerification verification =
        trusted.verify(AtomicFiles.read(file, SignedNote.MAX_BYTES));
    if (verification instanceof CheckpointVerification.Verified verified) {
      return verified.checkpoint().checkpoint();
    }
    throw new MalformedInputException(((CheckpointVerification.Rejected) verification).reason())
        .at(file.toString());
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (UncheckedIOException e) {
      throw new IOException(e);
    }
  }

  private ExitCode tell(Outcome outcome) throws CommandException {
    PrintWriter out = spec.commandLine().getOut();
    if (outcome instanceof Outcome.Wrong wrong) {
      if (json) {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        out.println(report.put("proven", false).put("wrong", wrong.what()));
        out.flush();
      }
      throw new CommandException(
          ExitCode.MISBEHAVIOUR,
          wrong.what(),
          "serve nothing from this database; its entries and the witnesses know what was there");
    }
    Outcome.Proven proven = (Outcome.Proven) outcome;
    if (json) {
      out.println(json(proven));
    } else {
      print(proven, out);
    }
    out.flush();
    if (!proven.missing().isEmpty()) {
      throw new CommandException(
          ExitCode.EVIDENCE_MISSING,
          "expected cosignatures by " + proven.missing() + " on the checkpoint, found none",
          "ask these witnesses what they cosigned last; nothing that is stored is wrong");
    }
    return ExitCode.DONE;
  }

  private static ObjectNode json(Outcome.Proven proven) {
    ObjectNode report = JsonNodeFactory.instance.objectNode();
    report.put("proven", proven.missing().isEmpty());
    report.put("entries", proven.head().size());
    report.put("root", proven.head().root().toString());
    report.put("signed", count(proven, Taken.IN_ORDER));
    report.put("late", count(proven, Taken.LATE));
    proven.firstLate().ifPresent(entry -> report.put("firstLate", entry));
    report.put("unverified", count(proven, Taken.UNVERIFIED));
    report.put("rosterVerified", isRosterVerified(proven));
    report.put("tiles", proven.tiles());
    report.put("checkpoint", proven.checkpoint());
    proven.cosigned().forEach(report.putArray("cosigned")::add);
    proven.missing().forEach(report.putArray("missing")::add);
    proven.indexes().forEach(report.putArray("indexes")::add);
    proven.behind().forEach(report.putObject("behind")::put);
    proven.tables().forEach(report.putArray("tables")::add);
    return report;
  }

  private static boolean isRosterVerified(Outcome.Proven proven) {
    return count(proven, Taken.UNVERIFIED) == 0;
  }

  private static void print(Outcome.Proven proven, PrintWriter out) {
    long late = count(proven, Taken.LATE);
    out.println("entries     " + proven.head().size() + ", each with its hash and identity");
    out.println("root        " + proven.head().root());
    out.println("tiles       " + proven.tiles());
    out.println("checkpoint  size " + proven.checkpoint() + ", cosigned by " + proven.cosigned());
    out.println(
        "signatures  "
            + (count(proven, Taken.IN_ORDER) + late)
            + (late == 0
                ? ""
                : ", %d of them logged after the roster had changed, the first as entry %d"
                    .formatted(late, proven.firstLate().orElseThrow())));
    out.println(
        "roster      "
            + (isRosterVerified(proven)
                ? "verified"
                : "NOT VERIFIED: "
                    + count(proven, Taken.UNVERIFIED)
                    + " entries of an operator; anybody may have let himself in"));
    out.println("indexes     " + proven.indexes() + ", made anew: " + proven.tables());
    proven
        .behind()
        .forEach(
            (index, behind) ->
                out.println(
                    "behind      %s by %d of %d entries"
                        .formatted(index, behind, proven.head().size())));
    if (proven.missing().isEmpty()) {
      out.println(
          "proven"
              + (isRosterVerified(proven) ? "" : ", but for the roster, which needs --operator"));
    }
  }

  private static long count(Outcome.Proven proven, Taken way) {
    return Objects.requireNonNull(proven.taken().get(way));
  }
}
