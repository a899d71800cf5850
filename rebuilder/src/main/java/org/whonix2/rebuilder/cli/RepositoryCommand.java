package org.whonix2.rebuilder.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.attest.RebuilderKey;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.repository.Repository;
import org.whonix2.rebuilder.repository.RepositorySettings;
import org.whonix2.rebuilder.repository.TrustedRebuilders;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes what was rebuilt installable by apt. */
@Command(
    name = "repository",
    description = {
      "Makes a signed apt repository of what rebuilds attested, or adds to one, and prints the apt"
          + " source for it.",
      "Everything in it is verified again each time. Without a folder the repository is renewed: its"
          + " indices are believed for --valid-days from then on."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class RepositoryCommand implements Callable<ExitCode> {
  private static final Pattern URL = Pattern.compile("[a-z][a-z0-9+.-]{0,30}:[!-~]{1,500}");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "OUT",
      arity = "0..*",
      description = "folders that rebuilds left their results in")
  private List<Path> folders = new ArrayList<>();

  @Option(
      names = "--key",
      paramLabel = "DIR",
      required = true,
      description = "the repository's own key: a folder that keygen made, not a rebuilder's")
  private Path key = Path.of("");

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      required = true,
      description = "certificate of a rebuilder whose attestations count; may be given again")
  private List<Path> certificates = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      required = true,
      description = "the repository: a new folder, or one that this command made")
  private Path folder = Path.of("");

  @Option(
      names = "--suite",
      defaultValue = "variants",
      description = "the repository's suite (default: ${DEFAULT-VALUE})")
  private String suite = "";

  @Option(
      names = "--origin",
      paramLabel = "TEXT",
      defaultValue = "whonix2",
      description = "what apt's pins name as o= (default: ${DEFAULT-VALUE})")
  private String origin = "";

  @Option(
      names = "--label",
      paramLabel = "TEXT",
      defaultValue = "whonix2 variants",
      description = "what apt's pins name as l= (default: ${DEFAULT-VALUE})")
  private String label = "";

  @Option(
      names = "--valid-days",
      paramLabel = "N",
      defaultValue = "30",
      description = "how long apt believes the indices (default: ${DEFAULT-VALUE})")
  private int validDays;

  @Option(names = "--debug", description = "take packages with debug symbols (-dbgsym), too")
  private boolean debug;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "where boxes will find FOLDER (default: as a file on this machine)")
  private @Nullable String url;

  @Option(names = "--json", description = "print the result as one JSON object")
  private boolean json;

  @Override
  public ExitCode call() throws IOException, CommandException, MalformedInputException {
    RepositorySettings settings =
        RepositorySettings.of(folder, suite, origin, label, validDays, debug);
    String address = address(settings.folder());
    List<Certificate> trusted = new ArrayList<>();
    for (Path file : certificates) {
      trusted.add(certificate(file));
    }
    Instant now = Clock.systemUTC().instant();
    SecretKey secret = RebuilderKey.open(key, now);
    Cancellation cancellation = new Cancellation();
    Repository repository =
        new Repository(
            settings, new TrustedRebuilders(trusted), secret, new Programs(cancellation));
    Repository.Published published;
    Cancellation.Work work = cancellation.onShutdown();
    try {
      published = repository.publish(folders, now);
    } catch (InterruptedIOException e) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          "interrupted; apt sees the repository as it was, or as it will be",
          "run this again",
          e);
    } finally {
      work.close();
    }
    String source = source(address, published, secret.certificate());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      json(settings, published, secret.certificate(), source, out);
    } else {
      spec.commandLine()
          .getErr()
          .printf(
              "note: %d packages, %d of them new, %d with debug symbols left out; valid until %s%n",
              published.packages().size(),
              published.added().size(),
              published.leftOut().size(),
              published.validUntil());
      out.print(source);
    }
    out.flush();
    return ExitCode.DONE;
  }

  private String address(Path there) throws MalformedInputException {
    if (url == null) {
      // With a slash at its end only where the folder exists already.
      String text = there.toUri().toString();
      return text.endsWith("/") ? text : text + "/";
    }
    if (!URL.matcher(url).matches()) {
      throw new MalformedInputException(
          "expected a URL such as https://packages.example.org/, found " + Quoted.of(url));
    }
    return url;
  }

  private static Certificate certificate(Path file)
      throws IOException, CommandException, MalformedInputException {
    try {
      return Certificate.parse(AtomicFiles.read(file, Certificate.MAX_BYTES));
    } catch (NoSuchFileException e) {
      throw new CommandException(
          ExitCode.USAGE, file + ": there is no such certificate", "keygen made it", e);
    } catch (MalformedInputException e) {
      throw e.at(file.toString());
    }
  }

  /** In deb822 format, with the certificate in it: a file of that text is all that apt needs. */
  private String source(String address, Repository.Published published, Certificate signer) {
    StringBuilder text = new StringBuilder();
    text.append("Types: deb\n");
    text.append("URIs: ").append(address).append('\n');
    text.append("Suites: ").append(suite).append('\n');
    text.append("Components: main\n");
    text.append("Architectures: ").append(String.join(" ", published.architectures()));
    text.append("\nSigned-By:\n");
    signer
        .toArmored()
        .lines()
        .forEach(line -> text.append(' ').append(line.isEmpty() ? "." : line).append('\n'));
    return text.toString();
  }

  private static void json(
      RepositorySettings settings,
      Repository.Published published,
      Certificate signer,
      String source,
      PrintWriter out) {
    ObjectNode report = StrictJson.newObject();
    report.put("folder", settings.folder().toString());
    report.put("suite", settings.suite());
    report.put("origin", settings.origin());
    report.put("label", settings.label());
    report.put("key", signer.fingerprint().toString());
    report.put("validUntil", published.validUntil().toString());
    ArrayNode architectures = report.putArray("architectures");
    published.architectures().forEach(architectures::add);
    ArrayNode packages = report.putArray("packages");
    published
        .packages()
        .forEach(
            (path, artifact) -> {
              ObjectNode node = packages.addObject();
              node.put("file", path);
              node.put("name", artifact.identity().name().toString());
              node.put("version", artifact.identity().version().toString());
              node.put("architecture", artifact.identity().architecture().toString());
              node.put("sha256", artifact.digest().toString());
              node.put("size", artifact.size());
              node.put("added", published.added().contains(path));
            });
    ArrayNode leftOut = report.putArray("leftOut");
    published.leftOut().forEach(artifact -> leftOut.add(artifact.identity().fileName()));
    report.put("source", source);
    out.println(new String(StrictJson.write(report), StandardCharsets.UTF_8));
  }
}
