package org.whonix2.server.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SigningKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.io.keys.KeyFolder;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "keygen",
    description = "Makes a secret key and prints the public one, or its fingerprint.",
    mixinStandardHelpOptions = true)
final class KeygenCommand implements Callable<ExitCode> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @ArgGroup(multiplicity = "1")
  private Whose whose = new Whose();

  /** A service's key in a file, or a person's OpenPGP key in a folder. */
  static final class Whose {
    @Option(
        names = "--name",
        paramLabel = "ORIGIN",
        description = "the log's origin or the witness's name, such as log.example.org/bookworm")
    private @Nullable String name;

    @Option(
        names = "--operator",
        paramLabel = "NAME",
        description = "who runs a log: makes the OpenPGP key that changes its roster")
    private @Nullable String operator;
  }

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = {
        "where the secret key is written (mode 0600); never overwritten",
        "an operator's: a folder for certificate.asc and secret.asc"
      })
  private Path out = Path.of("");

  @Option(names = "--witness", description = "make a witness's key instead of a log's")
  private boolean witness;

  @Override
  public ExitCode call() throws MalformedInputException, CommandException, IOException {
    String made;
    if (whose.operator != null) {
      made = operator(whose.operator);
    } else if (whose.name != null) {
      made = service(whose.name);
    } else {
      throw new IllegalStateException("the command line lets neither be missing");
    }
    spec.commandLine().getOut().println(made);
    return ExitCode.DONE;
  }

  private String operator(String operator)
      throws MalformedInputException, CommandException, IOException {
    if (witness) {
      throw new CommandException(
          ExitCode.USAGE, "expected --witness with --name, found it with --operator");
    }
    return KeyFolder.create(out, operator, Clock.systemUTC().instant(), key -> {})
        .certificate()
        .fingerprint()
        .toString();
  }

  private String service(String name)
      throws MalformedInputException, CommandException, IOException {
    SignatureType type = witness ? SignatureType.COSIGNATURE : SignatureType.ED25519;
    SigningKey key = SigningKey.generate(name, type, new SecureRandom());
    try {
      AtomicFiles.createPrivate(out, (key.format() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (FileAlreadyExistsException e) {
      throw new CommandException(
          ExitCode.USAGE, out + " is there already", "choose another name: a key has no copy", e);
    }
    return key.vkey();
  }
}
