package org.whonix2.update.store;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.verdict.Evidence;
import org.whonix2.core.verdict.Veto;

/**
 * What this box found when it asked for the evidence of a rebuilder's vetoes on a file. They count
 * until it has been missing for {@link #GRACE}: it is sent after the statement, and people shall
 * have time to look. To say it anew, in whatever words, gives no more time. Times are the newest
 * that witnesses had signed, so that no clock of a box's own makes a day pass.
 *
 * <p>As text: a line with the format's name, then {@code REBUILDER ARTIFACT ASKED} where evidence
 * is there, {@code REBUILDER ARTIFACT ASKED SINCE} where it is missing. Fingerprints and digests in
 * hex, times in seconds since 1970.
 */
public final class VetoFindings {
  /** How long a veto counts without evidence. */
  static final Duration GRACE = Duration.ofDays(1);

  /** How long it is believed that evidence is missing, where no sync could ask again. */
  static final Duration BELIEVED = Duration.ofDays(7);

  static final int MOST = 1 << 16;
  static final int MAX_BYTES = 16 << 20;

  private static final String FORMAT = "whonix2-veto-findings/v1";
  private static final Pattern LINE =
      Pattern.compile(
          "(?<rebuilder>[0-9a-f]{40}|[0-9a-f]{64}) (?<artifact>[0-9a-f]{64})"
              + " (?<asked>[0-9]{1,12})( (?<since>[0-9]{1,12}))?");

  private final SortedMap<Subject, Finding> findings;

  private VetoFindings(SortedMap<Subject, Finding> findings) {
    this.findings = Collections.unmodifiableSortedMap(findings);
  }

  /** All that a rebuilder says against a file. */
  public record Subject(Fingerprint rebuilder, Sha256 artifact) implements Comparable<Subject> {
    private static final Comparator<Subject> ORDER =
        Comparator.comparing(Subject::rebuilder).thenComparing(Subject::artifact);

    public static Subject of(Veto veto) {
      return new Subject(veto.statement().rebuild().rebuilder(), veto.artifact().digest());
    }

    @Override
    public int compareTo(Subject other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * The newest answer.
   *
   * @param missingSince when evidence was first missed; empty if there was some once
   */
  public record Finding(Instant asked, Optional<Instant> missingSince) {
    /** If it is still missing then, the vetoes count no more. */
    public Optional<Instant> countsUntil() {
      return missingSince.map(since -> since.plus(GRACE));
    }

    /** Until when the vetoes do not count, if they do not. */
    Optional<Instant> lackingUntil() {
      return countsUntil().filter(end -> !asked.isBefore(end)).map(end -> asked.plus(BELIEVED));
    }
  }

  static VetoFindings none() {
    return new VetoFindings(new TreeMap<>());
  }

  static VetoFindings parse(byte[] file) throws MalformedInputException {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    String[] lines = text.split("\n", -1);
    if (!lines[0].equals(FORMAT) || !lines[lines.length - 1].isEmpty()) {
      throw new MalformedInputException(
          "expected '" + FORMAT + "' and whole lines, found " + Quoted.of(lines[0]));
    }
    SortedMap<Subject, Finding> findings = new TreeMap<>();
    for (String line : List.of(lines).subList(1, lines.length - 1)) {
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new MalformedInputException(
            "expected a fingerprint, a digest and one or two times, found " + Quoted.of(line));
      }
      findings.put(
          new Subject(
              Fingerprint.parse(matcher.group("rebuilder")),
              Sha256.parse(matcher.group("artifact"))),
          new Finding(
              seconds(matcher.group("asked")),
              Optional.ofNullable(matcher.group("since")).map(VetoFindings::seconds)));
    }
    return new VetoFindings(findings);
  }

  private static Instant seconds(String text) {
    return Instant.ofEpochSecond(Long.parseLong(text));
  }

  byte[] toBytes() {
    StringBuilder text = new StringBuilder(FORMAT).append('\n');
    findings.forEach(
        (subject, finding) -> {
          text.append(subject.rebuilder).append(' ').append(subject.artifact);
          text.append(' ').append(finding.asked.getEpochSecond());
          finding.missingSince.ifPresent(since -> text.append(' ').append(since.getEpochSecond()));
          text.append('\n');
        });
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** What was found out last, if anything was. */
  public Optional<Finding> of(Subject subject) {
    return Optional.ofNullable(findings.get(subject));
  }

  /** Whether there was evidence once. */
  public boolean isFound(Subject subject) {
    return of(subject).filter(finding -> finding.missingSince.isEmpty()).isPresent();
  }

  /** Tells the evidence which vetoes do not count. */
  public void tell(Evidence.Collector collector) {
    findings.forEach(
        (subject, finding) ->
            finding
                .lackingUntil()
                .ifPresent(
                    end -> collector.lacksSupport(subject.rebuilder, subject.artifact, end)));
  }

  /**
   * With these answers; what was found once stays found.
   *
   * @param answers whether there is evidence
   * @param passed a time that has passed, as witnesses signed it
   */
  public VetoFindings with(Map<Subject, Boolean> answers, Instant passed) {
    Instant asked = passed.truncatedTo(ChronoUnit.SECONDS);
    SortedMap<Subject, Finding> more = new TreeMap<>(findings);
    answers.forEach(
        (subject, isThere) -> {
          if (!isFound(subject)) {
            Instant since = of(subject).flatMap(Finding::missingSince).orElse(asked);
            more.put(subject, new Finding(asked, isThere ? Optional.empty() : Optional.of(since)));
          }
        });
    forgetOldest(more);
    return new VetoFindings(more);
  }

  /** Those first that are missing: what is not known is a veto that counts. */
  private static void forgetOldest(Map<Subject, Finding> all) {
    List<Subject> oldest =
        all.entrySet().stream()
            .sorted(
                Comparator.comparing(
                        (Map.Entry<Subject, Finding> one) -> one.getValue().missingSince.isEmpty())
                    .thenComparing(one -> one.getValue().asked))
            .limit(Math.max(0, all.size() - MOST))
            .map(Map.Entry::getKey)
            .toList();
    oldest.forEach(all::remove);
  }
}
