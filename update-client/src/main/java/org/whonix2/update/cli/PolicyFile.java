package org.whonix2.update.cli;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.ticket.BoundPolicy;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.cli.StateOptions;
import org.whonix2.io.files.AtomicFiles;
import picocli.CommandLine.Option;

/** The option that names the policy, and the reading of it. */
final class PolicyFile {
  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "the policy (default: policy.yaml in the configuration folder)")
  private @Nullable Path file;

  PolicyDocument read(StateOptions folders) throws CommandException, IOException {
    return read(file != null ? file : folders.config().resolve("policy.yaml"));
  }

  PolicyDocument read(Path path) throws CommandException, IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null) {
      throw new CommandException(ExitCode.USAGE, "expected a policy file, found " + path);
    }
    byte[] yaml;
    try {
      yaml = AtomicFiles.read(path, UpdatePolicy.MAX_BYTES);
    } catch (NoSuchFileException e) {
      throw new CommandException(
          ExitCode.REFUSED,
          "there is no policy at " + path + ": without one everything is refused",
          "write one (docs/policy.md), or name it with --policy",
          e);
    }
    try {
      UpdatePolicy policy =
          UpdatePolicy.parse(yaml, (name, most) -> AtomicFiles.read(folder.resolve(name), most));
      Path absolute = path.toAbsolutePath().normalize();
      return new PolicyDocument(policy, BoundPolicy.of(yaml, absolute.toString()));
    } catch (MalformedInputException e) {
      throw new CommandException(
          ExitCode.USAGE,
          path + ": " + e.getMessage(),
          "docs/policy.md describes every key; until the policy is right everything is refused",
          e);
    } catch (NoSuchFileException e) {
      throw new CommandException(
          ExitCode.USAGE,
          path + ": the file " + e.getFile() + " that it names is not there",
          "put the certificate or keyring there",
          e);
    }
  }
}
