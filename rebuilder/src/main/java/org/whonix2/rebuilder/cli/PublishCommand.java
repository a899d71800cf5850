package org.whonix2.rebuilder.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.statement.RebuildStatement;
import org.whonix2.core.statement.Statement;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.attest.Attester;
import org.whonix2.rebuilder.publish.FilePublisher;
import org.whonix2.rebuilder.publish.NamedFile;
import org.whonix2.rebuilder.publish.Publisher;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends what a rebuild attested, where that was not done or failed. */
@Command(
    name = "publish",
    description = {
      "Sends the attestation that a rebuild left in a folder to a log, and keeps the log's proof;"
          + " then the build's log, its .buildinfo and its reports, as far as the log lacks them.",
      "Sending it again changes nothing: the log has a statement once."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class PublishCommand implements Callable<ExitCode> {
  @Parameters(paramLabel = "DIR", description = "folder that rebuild left its results in")
  private Path folder = Path.of("");

  @Option(
      names = "--to",
      paramLabel = "URL",
      required = true,
      description = "attestation server to send it to")
  private String to = "";

  @Option(
      names = "--artifacts",
      description = "send the packages, too, which a mismatch is to be shown by")
  private boolean artifacts;

  @Option(names = "--json", description = "print the result as one JSON object")
  private boolean json;

  @Override
  public ExitCode call() throws IOException, CommandException, MalformedInputException {
    URI server = Publisher.parseServer(to);
    Path file = folder.resolve(Attester.FILE);
    Envelope envelope;
    RebuildStatement statement;
    try {
      envelope = Envelope.parse(AtomicFiles.read(file, Envelope.MAX_BYTES));
      statement = rebuild(Statement.parse(envelope.payloadType(), envelope.payload()));
    } catch (NoSuchFileException e) {
      throw new CommandException(
          ExitCode.USAGE,
          file + ": there is no attestation",
          "give the folder that was --out of a rebuild",
          e);
    } catch (MalformedInputException e) {
      throw e.at(file.toString());
    }
    long index = Publisher.publish(server, envelope, folder);
    Set<Sha256> packages = artifacts ? NamedFile.artifacts(statement) : Set.of();
    List<NamedFile> found = NamedFile.of(folder, statement, packages);
    FilePublisher.Sent files = FilePublisher.publish(server, found, folder);
    int gone = NamedFile.named(statement, packages).size() - found.size();
    if (json) {
      ObjectNode report = StrictJson.newObject();
      report.put("rebuilder", statement.rebuilder().toString());
      report.put("sequence", statement.sequence());
      report.put("index", index);
      report.put("filesSent", files.sent());
      report.put("filesPresent", files.present());
      report.put("filesGone", gone);
      System.out.println(new String(StrictJson.write(report), StandardCharsets.UTF_8));
    } else {
      System.out.println("in the log at index " + index);
      System.out.println("files sent: " + files.sent() + ", there already: " + files.present());
    }
    if (gone > 0) {
      System.err.printf(
          "warning: %d files that the attestation names are not in %s as they were%n",
          gone, folder);
    }
    return ExitCode.DONE;
  }

  private static RebuildStatement rebuild(Statement statement) throws MalformedInputException {
    if (statement instanceof RebuildStatement rebuild) {
      return rebuild;
    }
    throw new MalformedInputException(
        "expected a statement about a rebuild, found " + statement.kind());
  }
}
