package org.whonix2.update.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.DebFile;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.core.statement.Exemption;
import org.whonix2.core.statement.Statement;
import org.whonix2.core.statement.VetoOverride;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.io.http.ServerAddress;
import org.whonix2.io.keys.KeyFolder;
import org.whonix2.io.log.Submission;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code whonix2-update exempt sign FILE}: an exemption, or an override of one veto. */
@Command(
    name = "sign",
    description = {
      "Signs that a file may do without its quorum; or, with --override, that one rebuilder's veto"
          + " does not stand against it. It holds by the file's SHA-256, until a time.",
      "Boxes go by it if enough of their policy's reviewers say so in a log."
    },
    mixinStandardHelpOptions = true)
final class ExemptSignCommand implements Callable<ExitCode> {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  @Option(
      names = "--key",
      paramLabel = "DIR",
      required = true,
      description = "the reviewer's key, as whonix2-rebuilder keygen makes it")
  private Path key = Path.of("");

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      required = true,
      description = "why, for everybody who reads the log")
  private String reason = "";

  @Option(
      names = "--until",
      paramLabel = "TIME",
      required = true,
      description = "from then on it is void, such as 2027-01-31T00:00:00Z")
  private Instant until = Instant.EPOCH;

  @ArgGroup(exclusive = false)
  private @Nullable Overridden override;

  /** A veto. */
  private static final class Overridden {
    @Option(
        names = "--override",
        paramLabel = "FINGERPRINT",
        required = true,
        converter = FingerprintConverter.class,
        description = "override the veto of the rebuilder with this key")
    private Fingerprint rebuilder = new Fingerprint("0".repeat(40));

    @Option(
        names = "--bits",
        paramLabel = "SHA256",
        required = true,
        converter = DigestConverter.class,
        description = "what came out there instead, as whonix2-update status tells it")
    private Sha256 bits = Sha256.of(new byte[0]);
  }

  @ArgGroup(exclusive = false, multiplicity = "1")
  private Destination destination = new Destination();

  /** Where the signed statement goes. */
  private static final class Destination {
    @Option(names = "--out", paramLabel = "FILE", description = "write the signed statement there")
    private @Nullable Path out;

    @Option(
        names = "--publish",
        paramLabel = "URL",
        description = "send it to this log's server, which must have admitted the reviewer")
    private @Nullable String server;
  }

  @Parameters(paramLabel = "FILE", description = "the package; for an override its SHA-256 will do")
  private String file = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public ExitCode call() throws CommandException, IOException, MalformedInputException {
    Instant now = Instant.now();
    if (!now.isBefore(until)) {
      throw new CommandException(
          ExitCode.USAGE, "expected a time to come, found " + until, "boxes would not heed it");
    }
    String server = destination.server;
    URI address = server == null ? null : ServerAddress.parse(server);
    Statement statement = statement();
    SecretKey secret = KeyFolder.open(key, now, "whonix2-rebuilder keygen --operator NAME --out");
    Envelope envelope = Envelope.sign(Statement.PAYLOAD_TYPE, statement.toJson(), secret, now);
    if (destination.out != null) {
      AtomicFiles.replace(destination.out, envelope.toBytes());
      print("written to " + destination.out);
    }
    if (address != null) {
      print("entry " + publish(envelope, address) + " of the log at " + address);
    }
    return ExitCode.DONE;
  }

  private Statement statement() throws CommandException, IOException, MalformedInputException {
    Overridden veto = override;
    try {
      if (veto != null) {
        Sha256 digest = SHA256.matcher(file).matches() ? Sha256.parse(file) : read().digest();
        return new VetoOverride(digest, veto.rebuilder, veto.bits, reason, until);
      }
      BinaryArtifact artifact = read();
      return new Exemption(artifact.digest(), artifact.identity(), reason, until);
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException(String.valueOf(e.getMessage()), e);
    }
  }

  private BinaryArtifact read() throws CommandException, IOException, MalformedInputException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(Path.of(file)), 1 << 16)) {
      return DebFile.read(in);
    } catch (NoSuchFileException e) {
      throw new CommandException(ExitCode.USAGE, file + ": there is no such file", null, e);
    } catch (MalformedInputException e) {
      throw e.at(file + ": not a Debian package");
    }
  }

  private static long publish(Envelope envelope, URI server) throws CommandException, IOException {
    try (HttpTransport http = new HttpTransport(HttpDeadlines.STANDARD)) {
      return Submission.send(envelope, server, http).index();
    } catch (Submission.NotTakenException e) {
      throw new CommandException(
          e.isRefusal() ? ExitCode.REFUSED : ExitCode.OUTSIDE_FAILED,
          String.valueOf(e.getMessage()),
          e.isForbidden()
              ? "the server's operator admits a reviewer with: whonix2-attestation-server roster add"
              : null,
          e);
    } catch (MalformedInputException e) {
      throw new CommandException(ExitCode.OUTSIDE_FAILED, String.valueOf(e.getMessage()), null, e);
    }
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  private static final class FingerprintConverter implements ITypeConverter<Fingerprint> {
    @Override
    public Fingerprint convert(String text) throws MalformedInputException {
      return Fingerprint.parse(text);
    }
  }

  private static final class DigestConverter implements ITypeConverter<Sha256> {
    @Override
    public Sha256 convert(String text) throws MalformedInputException {
      return Sha256.parse(text);
    }
  }
}
