package org.whonix2.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SigningKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.StateOptions;
import org.whonix2.server.web.ListenAddress;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every service needs: where to listen, what to sign with, where to keep its state. */
final class ServiceOptions {
  @Mixin private StateOptions folders = new StateOptions();

  @Option(
      names = "--listen",
      required = true,
      paramLabel = "HOST:PORT",
      description = "where to listen; port 0 takes a free one")
  private String listen = "";

  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      description = "the service's secret key, see keygen")
  private Path key = Path.of("");

  ListenAddress address() throws MalformedInputException {
    return ListenAddress.parse(listen);
  }

  Path state() {
    return folders.state();
  }

  SigningKey key(SignatureType type) throws IOException, MalformedInputException, CommandException {
    return KeyFile.read(key, type);
  }
}
