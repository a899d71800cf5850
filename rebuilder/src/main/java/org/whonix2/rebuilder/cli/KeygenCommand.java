package org.whonix2.rebuilder.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.attest.RebuilderKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a rebuilder's key. */
@Command(
    name = "keygen",
    description = {
      "Makes a rebuilder's OpenPGP key and prints its fingerprint.",
      "DIR/certificate.asc is for everybody; DIR/secret.asc (mode 0600) never leaves this machine."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class KeygenCommand implements Callable<ExitCode> {
  @Option(
      names = "--operator",
      paramLabel = "NAME",
      required = true,
      description = "who runs the rebuilder; becomes the key's user id")
  private String operator = "";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "folder for the two files")
  private Path out = Path.of("");

  @Override
  public ExitCode call() throws IOException, CommandException, MalformedInputException {
    SecretKey key = RebuilderKey.create(out, operator, Clock.systemUTC().instant());
    System.out.println(key.certificate().fingerprint());
    return ExitCode.DONE;
  }
}
