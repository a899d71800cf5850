package org.whonix2.server.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.cli.StateOptions;
import org.whonix2.io.progress.Progress;
import org.whonix2.server.api.LogApi;
import org.whonix2.server.store.Database;
import org.whonix2.server.store.DatabaseLocation;
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
      description = "a witness whose cosignature is verified; may be given often")
  private List<String> witnesses = List.of();

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  @Override
  public ExitCode call() throws IOException, MalformedInputException, CommandException {
    DatabaseLocation location = database.location(folders.state());
    VerifierKey key = VerifierKey.parse(log);
    if (key.type() != SignatureType.ED25519) {
      throw new MalformedInputException("expected a log's key (type 1), found a witness's");
    }
    List<VerifierKey> cosigners = new ArrayList<>();
    for (String witness : witnesses) {
      cosigners.add(VerifierKey.parse(witness));
    }
    if (location instanceof DatabaseLocation.Embedded embedded
        && !Files.exists(embedded.folder().resolve("log.mv.db"))) {
      throw new CommandException(
          ExitCode.USAGE, embedded.folder() + ": expected a log there, found none");
    }
    Path scratch = Files.createTempDirectory("whonix2-check");
    try (Database opened = location.open();
        Progress progress = Progress.onStandardError()) {
      return tell(
          LogCheck.run(
              opened,
              LogApi.indexes(Clock.systemUTC()),
              TrustedLog.of(key),
              cosigners,
              scratch,
              progress));
    } finally {
      delete(scratch);
    }
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
    ObjectNode report = JsonNodeFactory.instance.objectNode();
    PrintWriter out = spec.commandLine().getOut();
    if (outcome instanceof Outcome.Wrong wrong) {
      if (json) {
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
      report.put("proven", true);
      report.put("entries", proven.head().size());
      report.put("root", proven.head().root().toString());
      report.put("tiles", proven.tiles());
      report.put("checkpoint", proven.checkpoint());
      proven.cosigned().forEach(report.putArray("cosigned")::add);
      proven.indexes().forEach(report.putArray("indexes")::add);
      proven.tables().forEach(report.putArray("tables")::add);
      out.println(report);
    } else {
      out.println("entries     " + proven.head().size() + ", each with its hash and identity");
      out.println("root        " + proven.head().root());
      out.println("tiles       " + proven.tiles());
      out.println("checkpoint  size " + proven.checkpoint() + ", cosigned by " + proven.cosigned());
      out.println("indexes     " + proven.indexes() + ", made anew: " + proven.tables());
      out.println("proven");
    }
    out.flush();
    return ExitCode.DONE;
  }
}
