package org.whonix2.rebuilder.rebuild;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.ArchivedBinary;
import org.whonix2.rebuilder.difference.Difference;
import org.whonix2.rebuilder.difference.Diffoscope;
import org.whonix2.rebuilder.difference.PackageDifference;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.JobFolder;

/**
 * Looks into what differs from the archive, for people: what comes of it changes no agreement, and
 * where it fails the report says so.
 */
final class DifferenceSearch {
  /** The report, in the output folder. */
  static final String REPORT = "diffoscope.txt";

  private static final long MOST_REPORT_BYTES = 8 << 20;
  private static final int MOST_ARTIFACTS = 50;

  private final AptRoot apt;
  private final JobFolder job;
  private final Path out;
  private final Programs programs;
  private final long deadline;
  private final StringBuilder report = new StringBuilder();
  private int looked;

  /**
   * A search that has so much time for all artifacts together.
   *
   * @param out has our artifacts, and gets the report
   */
  DifferenceSearch(AptRoot apt, JobFolder job, Path out, Programs programs, Duration time) {
    this.apt = apt;
    this.job = job;
    this.out = out;
    this.programs = programs;
    this.deadline = System.nanoTime() + time.toNanos();
  }

  /** The same comparisons with what was found, after the report is written. */
  List<Comparison> look(List<Comparison> comparisons) throws IOException {
    List<Comparison> found = new ArrayList<>();
    for (Comparison comparison : comparisons) {
      found.add(comparison.agreement().differs() ? look(comparison) : comparison);
    }
    if (!report.isEmpty()) {
      AtomicFiles.replace(out.resolve(REPORT), report.toString().getBytes(StandardCharsets.UTF_8));
    }
    return found;
  }

  private Comparison look(Comparison comparison) throws IOException {
    BinaryArtifact artifact = comparison.artifact();
    line("== " + artifact.identity());
    line("rebuilt: " + artifact.digest());
    comparison.archived().forEach(digest -> line("archive: " + digest));
    if (comparison.archived().size() != 1) {
      line("not looked into: the archive does not have exactly one such package\n");
      return comparison;
    }
    if (looked++ >= MOST_ARTIFACTS) {
      line("not looked into: " + MOST_ARTIFACTS + " packages were\n");
      return comparison;
    }
    Path ours = out.resolve("artifacts").resolve(artifact.identity().fileName());
    try {
      Path theirs = fetch(artifact, comparison.archived().get(0));
      Difference difference = PackageDifference.between(ours, theirs);
      line(difference + ": it stays " + article(comparison.agreement()) + "\n");
      explain(theirs, ours);
      Files.delete(theirs);
      return comparison.with(difference);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException | CommandException | MalformedInputException e) {
      line("not looked into: " + Diffoscope.printable(String.valueOf(e.getMessage())) + "\n");
      return comparison;
    }
  }

  private Path fetch(BinaryArtifact artifact, Sha256 digest)
      throws IOException, CommandException, MalformedInputException {
    for (ArchivedBinary binary : apt.binaries(List.of(artifact.identity().name()))) {
      if (binary.identity().equals(artifact.identity()) && binary.digest().equals(digest)) {
        return apt.download(binary, job.folder("archived" + looked));
      }
    }
    throw new IOException("expected the archive's " + artifact.identity() + ", found none");
  }

  private void explain(Path theirs, Path ours) throws IOException {
    if (!Diffoscope.isInstalled()) {
      line("diffoscope is not installed; it would show what differs\n");
      return;
    }
    Duration left = Duration.ofNanos(deadline - System.nanoTime());
    long room = MOST_REPORT_BYTES - report.length();
    if (left.toSeconds() < 1 || room < 1024) {
      line("diffoscope did not run: its time or its report's size was used up\n");
      return;
    }
    Diffoscope.Report said = new Diffoscope(programs, room / 4).compare(theirs, ours, left);
    report.append(said.text());
    line((said.trouble().isEmpty() ? "" : said.trouble() + "; the result is the same") + "\n");
  }

  private static String article(Agreement agreement) {
    return agreement == Agreement.MISMATCH ? "a mismatch" : agreement.toString();
  }

  private void line(String text) {
    report.append(text).append('\n');
  }
}
