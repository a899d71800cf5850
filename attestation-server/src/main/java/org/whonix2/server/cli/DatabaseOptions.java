package org.whonix2.server.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.server.store.DatabaseLocation;
import picocli.CommandLine.Option;

/** Where the log's entries are: in the state folder, or on a PostgreSQL server. */
final class DatabaseOptions {
  private static final int MAX_PASSWORD_BYTES = 1_024;

  @Option(
      names = "--database",
      paramLabel = "URL",
      description =
          "a PostgreSQL database, as jdbc:postgresql://HOST:PORT/NAME?sslmode=verify-full;"
              + " without it, the log is in the state folder")
  private @Nullable String url;

  @Option(
      names = "--database-user",
      paramLabel = "NAME",
      defaultValue = "",
      description = "who connects to it (the system's user)")
  private String user = "";

  @Option(
      names = "--database-password-file",
      paramLabel = "FILE",
      description = "the file with that user's password, one line")
  private @Nullable Path passwordFile;

  DatabaseLocation location(Path state) throws IOException, CommandException {
    if (url == null) {
      if (!user.isEmpty() || passwordFile != null) {
        throw new CommandException(
            ExitCode.USAGE, "a database's user or password was given, but no --database");
      }
      return new DatabaseLocation.Embedded(state);
    }
    try {
      return new DatabaseLocation.Postgres(url, user, password());
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), null, e);
    }
  }

  private String password() throws IOException {
    return passwordFile == null
        ? ""
        : new String(AtomicFiles.read(passwordFile, MAX_PASSWORD_BYTES), StandardCharsets.UTF_8)
            .stripTrailing();
  }
}
