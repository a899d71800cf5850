package org.whonix2.rebuilder.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.Finding;
import org.whonix2.rebuilder.sandbox.Machine;

/**
 * What this machine must offer before a rebuild begins: those of doctor's findings that are free.
 */
final class Preconditions {
  private Preconditions() {}

  static void check(Path state, Programs programs) throws CommandException, IOException {
    List<Finding> missing =
        Machine.with(state, programs).atOnce().stream()
            .filter(each -> each.state() == Finding.State.MISSING)
            .toList();
    if (!missing.isEmpty()) {
      Finding first = missing.get(0);
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED, first.what() + ": " + first.found(), first.fix());
    }
  }
}
