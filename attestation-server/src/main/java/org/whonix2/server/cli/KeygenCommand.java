package org.whonix2.server.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SigningKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "keygen",
    description = "Makes a secret key and prints the public one.",
    mixinStandardHelpOptions = true)
final class KeygenCommand implements Callable<ExitCode> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--name",
      required = true,
      paramLabel = "ORIGIN",
      description = "the log's origin or the witness's name, such as log.example.org/bookworm")
  private String name = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "where the secret key is written (mode 0600); never overwritten")
  private Path out = Path.of("");

  @Option(names = "--witness", description = "make a witness's key instead of a log's")
  private boolean witness;

  @Override
  public ExitCode call() throws MalformedInputException, CommandException, IOException {
    SignatureType type = witness ? SignatureType.COSIGNATURE : SignatureType.ED25519;
    SigningKey key = SigningKey.generate(name, type, new SecureRandom());
    try {
      AtomicFiles.createPrivate(out, (key.format() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (FileAlreadyExistsException e) {
      throw new CommandException(
          ExitCode.USAGE, out + " is there already", "choose another name: a key has no copy", e);
    }
    spec.commandLine().getOut().println(key.vkey());
    return ExitCode.DONE;
  }
}
