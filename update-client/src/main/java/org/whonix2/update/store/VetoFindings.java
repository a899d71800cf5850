package org.whonix2.update.store;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
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
 * What this box found when it asked for the files of vetoes. A veto counts until they have been
 * missing for {@link #GRACE}: they are sent after the statement, and people shall have time to
 * look. That runs from when they were first missed of any veto by that rebuilder on that file, so
 * that saying it anew gives no more time.
 *
 * <p>As text: a line with the format's name, then one a veto: {@code PAYLOAD ARTIFACT ASKED} where
 * the files are there, {@code PAYLOAD ARTIFACT ASKED REBUILDER SINCE} where they are missing.
 * Digests and fingerprints in hex, times in seconds since 1970.
 */
public final class VetoFindings {
  /** How long a veto counts without its files. */
  public static final Duration GRACE = Duration.ofDays(1);

  /** How long it is believed that files are missing, where no sync could ask again. */
  static final Duration BELIEVED = Duration.ofDays(7);

  private static final Duration KEPT = Duration.ofDays(30);
  private static final int MOST = 1 << 16;
  static final int MAX_BYTES = 32 << 20;

  private static final String FORMAT = "whonix2-veto-findings/v1";
  private static final Pattern LINE =
      Pattern.compile(
          "(?<payload>[0-9a-f]{64}) (?<artifact>[0-9a-f]{64}) (?<asked>[0-9]{1,12})"
              + "( (?<rebuilder>[0-9a-f]{40}|[0-9a-f]{64}) (?<since>[0-9]{1,12}))?");

  private final SortedMap<Asked, Finding> findings;

  private VetoFindings(SortedMap<Asked, Finding> findings) {
    this.findings = Collections.unmodifiableSortedMap(findings);
  }

  /** What was asked about: a statement, by its payload, against a file. */
  private record Asked(Sha256 payload, Sha256 artifact) implements Comparable<Asked> {
    private static final Comparator<Asked> ORDER =
        Comparator.comparing(Asked::payload).thenComparing(Asked::artifact);

    static Asked about(Veto veto) {
      return new Asked(veto.statement().payload(), veto.artifact().digest());
    }

    @Override
    public int compareTo(Asked other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * The newest answer.
   *
   * @param missing empty if the files are there
   */
  private record Finding(Instant asked, Optional<Missing> missing) {
    /** Until when the veto does not count, if it does not. */
    Optional<Instant> lackingUntil() {
      return missing.filter(one -> !asked.isBefore(one.end())).map(one -> asked.plus(BELIEVED));
    }
  }

  /**
   * Files that no address has.
   *
   * @param since when any such were first missed
   */
  public record Missing(Fingerprint rebuilder, Instant since) {
    /** From then on the veto does not count without them. */
    public Instant end() {
      return since.plus(GRACE);
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
    SortedMap<Asked, Finding> findings = new TreeMap<>();
    for (String line : List.of(lines).subList(1, lines.length - 1)) {
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new MalformedInputException(
            "expected two digests, a time and perhaps who and since when, found "
                + Quoted.of(line));
      }
      Optional<Missing> missing =
          matcher.group("rebuilder") == null
              ? Optional.empty()
              : Optional.of(
                  new Missing(
                      Fingerprint.parse(matcher.group("rebuilder")),
                      seconds(matcher.group("since"))));
      findings.put(
          new Asked(
              Sha256.parse(matcher.group("payload")), Sha256.parse(matcher.group("artifact"))),
          new Finding(seconds(matcher.group("asked")), missing));
    }
    return new VetoFindings(findings);
  }

  private static Instant seconds(String text) {
    return Instant.ofEpochSecond(Long.parseLong(text));
  }

  byte[] toBytes() {
    StringBuilder text = new StringBuilder(FORMAT).append('\n');
    findings.forEach(
        (what, finding) -> {
          text.append(what.payload).append(' ').append(what.artifact);
          text.append(' ').append(finding.asked.getEpochSecond());
          finding.missing.ifPresent(
              one ->
                  text.append(' ')
                      .append(one.rebuilder)
                      .append(' ')
                      .append(one.since.getEpochSecond()));
          text.append('\n');
        });
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether the files of this veto were there once. */
  public boolean isFound(Veto veto) {
    Finding finding = findings.get(Asked.about(veto));
    return finding != null && finding.missing.isEmpty();
  }

  /** Since when its files are missing, if they were when they were last asked for. */
  public Optional<Missing> missing(Veto veto) {
    return Optional.ofNullable(findings.get(Asked.about(veto))).flatMap(Finding::missing);
  }

  /** When it was last found out; the epoch if never. */
  public Instant lastAsked(Veto veto) {
    Finding finding = findings.get(Asked.about(veto));
    return finding == null ? Instant.EPOCH : finding.asked;
  }

  /** Tells the evidence which vetoes do not count. */
  public void tell(Evidence.Collector collector, Instant now) {
    findings.forEach(
        (what, finding) -> {
          // An answer of the future is none.
          if (!finding.asked.isAfter(now)) {
            finding
                .lackingUntil()
                .ifPresent(end -> collector.lacksSupport(what.payload, what.artifact, end));
          }
        });
  }

  /**
   * With these answers.
   *
   * @param answers whether the files of a veto are there
   */
  public VetoFindings with(Map<Veto, Boolean> answers, Instant now) {
    Instant asked = now.truncatedTo(ChronoUnit.SECONDS);
    Map<String, Instant> first = firstMissed();
    SortedMap<Asked, Finding> more = new TreeMap<>(findings);
    more.values().removeIf(finding -> finding.asked.plus(KEPT).isBefore(asked));
    answers.forEach(
        (veto, isThere) -> {
          Fingerprint rebuilder = veto.statement().rebuild().rebuilder();
          Instant since = first.getOrDefault(rebuilder + " " + veto.artifact().digest(), asked);
          Missing missing = new Missing(rebuilder, since.isAfter(asked) ? asked : since);
          more.put(
              Asked.about(veto),
              new Finding(asked, isThere ? Optional.empty() : Optional.of(missing)));
        });
    forgetOldest(more);
    return new VetoFindings(more);
  }

  /** By rebuilder and file. */
  private Map<String, Instant> firstMissed() {
    Map<String, Instant> first = new HashMap<>();
    findings.forEach(
        (what, finding) ->
            finding.missing.ifPresent(
                missing ->
                    first.merge(
                        missing.rebuilder + " " + what.artifact,
                        missing.since,
                        (one, other) -> one.isBefore(other) ? one : other)));
    return first;
  }

  /** What is not known is a veto that counts. */
  private static void forgetOldest(Map<Asked, Finding> all) {
    List<Asked> oldest =
        all.entrySet().stream()
            .sorted(Comparator.comparing(one -> one.getValue().asked))
            .limit(Math.max(0, all.size() - MOST))
            .map(Map.Entry::getKey)
            .toList();
    oldest.forEach(all::remove);
  }
}
