package org.whonix2.rebuilder.apt;

import java.util.List;
import java.util.regex.Pattern;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.process.Ending;
import org.whonix2.rebuilder.process.Outcome;

/** Knows apt's usual complaints, so that an error can say what to do about it. */
public final class AptComplaint {
  private record Known(Pattern said, String hint) {}

  private static final List<Known> KNOWN =
      List.of(
          new Known(
              Pattern.compile(
                  "NO_PUBKEY|is not signed|EXPKEYSIG|BADSIG|KEYEXPIRED|InRelease' is not"),
              "the archive's signature could not be verified: is the package"
                  + " debian-archive-keyring installed and current, and does Signed-By in the"
                  + " machine's apt sources name its keyring?"),
          new Known(
              Pattern.compile("is not valid yet|is expired|Release file .* expired"),
              "the archive's Release file is out of date for this machine's clock: check the clock,"
                  + " then the mirror"),
          new Known(
              Pattern.compile("does not have a Release file"),
              "there is no archive with this suite at that address: check the URL and --suite"),
          new Known(
              Pattern.compile("\\b404\\b"),
              "the mirror does not have this file; some mirrors carry no sources, or not all of"
                  + " them: add a complete mirror to the machine's apt sources"),
          new Known(
              Pattern.compile("Hash Sum mismatch|File has unexpected size"),
              "the mirror gave other bytes than the signed index names: it may be in the middle of"
                  + " an update, or dishonest; try again later or use another mirror"),
          new Known(
              Pattern.compile(
                  "Could not (resolve|connect)|Temporary failure|Connection (timed out|refused|failed)"
                      + "|Unable to connect|Network is unreachable"),
              "the mirror cannot be reached: check the network and the machine's apt proxy"),
          new Known(
              Pattern.compile("No space left on device"),
              "the disk is full: free some space, or move the state with --state"),
          new Known(
              Pattern.compile("cannot change root filesystem propagation|unshare failed"),
              "this machine does not let us make namespaces of our own: a container needs them"
                  + " allowed, and a chroot needs its root folder to be a mount point"),
          new Known(
              Pattern.compile("unmet dependencies|unsatisfiable|not going to be installed"),
              "the suite cannot satisfy the build dependencies: is one of its components, or its"
                  + " -updates or -security suite, missing in the machine's apt sources?"));

  private AptComplaint() {}

  /**
   * The error to show for what apt, or a program that runs apt, said before it failed.
   *
   * @param failure what did not work, lower case
   */
  public static CommandException about(String failure, Outcome outcome, String said) {
    if (outcome.ending() == Ending.TIME_LIMIT) {
      return new CommandException(
          ExitCode.OUTSIDE_FAILED,
          failure + ": no end after " + outcome.took().toMinutes() + " minutes",
          "the mirror may be too slow");
    }
    String hint =
        KNOWN.stream()
            .filter(known -> known.said().matcher(said).find())
            .map(Known::hint)
            .findFirst()
            .orElse(null);
    return new CommandException(
        ExitCode.OUTSIDE_FAILED, failure + ": " + firstError(outcome, said), hint);
  }

  private static String firstError(Outcome outcome, String said) {
    return said.lines()
        .filter(line -> line.startsWith("E: "))
        .findFirst()
        .or(() -> said.lines().filter(line -> line.startsWith("Err:")).findFirst())
        .or(() -> said.lines().filter(line -> !line.isBlank()).reduce((first, last) -> last))
        .map(line -> line.replaceAll("[^ -~]", "?") + " (exit code " + outcome.exitCode() + ")")
        .orElse("exit code " + outcome.exitCode());
  }
}
