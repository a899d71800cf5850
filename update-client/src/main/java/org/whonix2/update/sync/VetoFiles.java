package org.whonix2.update.sync;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.policy.LogSource;
import org.whonix2.core.verdict.Held;
import org.whonix2.core.verdict.Veto;
import org.whonix2.io.http.FetchException;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.io.http.ServerAddress;
import org.whonix2.io.progress.Progress;
import org.whonix2.update.store.BoxStore;
import org.whonix2.update.store.VetoFindings;
import org.whonix2.update.store.VetoFindings.Subject;

/**
 * Asks the logs' servers whether there is evidence of vetoes. Every address of every log has to say
 * that a file is not there: whoever serves one of them, or is on the line to one, takes no veto
 * away. What is asked follows from the logs and the policy, not from what is installed: files that
 * the owner exempts are left out, and so their vetoes count.
 */
public final class VetoFiles {
  /** How many questions one sync asks; what is not asked counts. */
  private static final int MOST = 10_000;

  private final List<LogSource> logs;
  private final HttpTransport transport;
  private final SyncDeadline whole;
  private final Set<Subject> asked = new HashSet<>();
  private final Map<Sha256, Boolean> answers = new HashMap<>();
  private final Map<String, String> untold = new LinkedHashMap<>();
  private final Set<URI> given = new HashSet<>();
  private int questions;
  private @Nullable SyncDeadline share;

  VetoFiles(List<LogSource> logs, HttpTransport transport, SyncDeadline whole) {
    this.logs = logs;
    this.transport = transport;
    this.whole = whole;
  }

  /**
   * Asks about what holds these files, those first that wait longest, each once, and keeps the
   * answers. What was found once is not asked for again.
   *
   * @param passed a time that has passed, as witnesses signed it
   */
  public void ask(List<Held> held, BoxStore store, Instant passed, Progress progress) {
    VetoFindings known = store.vetoFindings();
    Map<Subject, List<Veto>> open = new LinkedHashMap<>();
    held.stream()
        .filter(file -> !file.exempted())
        .flatMap(file -> file.vetoes().stream())
        .forEach(
            veto -> open.computeIfAbsent(Subject.of(veto), key -> new ArrayList<>()).add(veto));
    open.keySet().removeIf(subject -> known.isFound(subject) || asked.contains(subject));
    if (open.isEmpty()) {
      return;
    }
    List<Subject> longestFirst =
        open.keySet().stream()
            .sorted(
                Comparator.comparing(
                    subject ->
                        known.of(subject).map(VetoFindings.Finding::asked).orElse(Instant.EPOCH)))
            .toList();
    progress.phase("looking for the evidence of vetoes", longestFirst.size());
    Map<Subject, Boolean> found = new HashMap<>();
    for (Subject subject : longestFirst) {
      asked.add(subject);
      isSupported(open.getOrDefault(subject, List.of()))
          .ifPresent(answer -> found.put(subject, answer));
      progress.advance(1);
    }
    progress.done();
    try {
      store.replace(known.with(found, passed));
    } catch (IOException e) {
      untold.put("store", "what was found could not be kept: " + e);
    }
  }

  /** Why some addresses did not tell: as long as one does not, nothing is known to be missing. */
  public Collection<String> untold() {
    return Collections.unmodifiableCollection(untold.values());
  }

  /** Whether there is evidence of any of them; nothing if that cannot be told. */
  private Optional<Boolean> isSupported(List<Veto> vetoes) {
    boolean isTold = true;
    for (Veto veto : vetoes) {
      Optional<Boolean> answer = isSupported(veto);
      if (answer.isPresent() && answer.get()) {
        return answer;
      }
      isTold &= answer.isPresent();
    }
    return isTold ? Optional.of(false) : Optional.empty();
  }

  private Optional<Boolean> isSupported(Veto veto) {
    Optional<List<Sha256>> files = veto.files();
    if (files.isEmpty()) {
      return Optional.of(false);
    }
    boolean isTold = true;
    for (Sha256 file : files.get()) {
      Optional<Boolean> isThere = isThere(file, veto.statement().log());
      if (isThere.isPresent() && !isThere.get()) {
        return isThere;
      }
      isTold &= isThere.isPresent();
    }
    return isTold ? Optional.of(true) : Optional.empty();
  }

  private Optional<Boolean> isThere(Sha256 file, String log) {
    Boolean before = answers.get(file);
    if (before != null) {
      return Optional.of(before);
    }
    Optional<Boolean> answer = askAll(file, log);
    answer.ifPresent(known -> answers.put(file, known));
    return answer;
  }

  private Optional<Boolean> askAll(Sha256 file, String log) {
    boolean isTold = true;
    for (URI address : addresses(log)) {
      Optional<Boolean> answer = ask(address, file);
      if (answer.isPresent() && answer.get()) {
        return answer;
      }
      isTold &= answer.isPresent();
    }
    return isTold ? Optional.of(false) : Optional.empty();
  }

  /** All of them, those of this log first. */
  private List<URI> addresses(String log) {
    List<URI> addresses = new ArrayList<>();
    logs.stream()
        .sorted(Comparator.comparing(source -> !source.origin().equals(log)))
        .forEach(source -> addresses.addAll(source.urls()));
    return addresses;
  }

  private Optional<Boolean> ask(URI address, Sha256 file) {
    if (given.contains(address)) {
      return Optional.empty();
    }
    if (!isItsOwnWord(address)) {
      return giveUp(address, "expected https, as anybody on the line could answer, found http");
    }
    SyncDeadline deadline = share == null ? whole.half() : share;
    share = deadline;
    if (deadline.isOver() || questions++ >= MOST) {
      return giveUp(
          address, "expected fewer vetoes, or a longer --time-limit; the next sync goes on");
    }
    URI uri = ServerAddress.resolve(address, "api/v1/blobs/" + file);
    try {
      int status = transport.head(uri).status();
      if (status != 200 && status != 404 && status != 410) {
        untold.put(address.toString(), uri + ": expected status 200, 404 or 410, found " + status);
        return Optional.empty();
      }
      return Optional.of(status == 200);
    } catch (FetchException e) {
      return giveUp(address, String.valueOf(e.getMessage()));
    }
  }

  /** Not to wait for it again. */
  private Optional<Boolean> giveUp(URI address, String why) {
    given.add(address);
    untold.put(address.toString(), why.startsWith(address.toString()) ? why : address + ": " + why);
    return Optional.empty();
  }

  /** Whether nobody in between can answer for it. */
  private static boolean isItsOwnWord(URI address) {
    String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
    return "https".equalsIgnoreCase(address.getScheme())
        || host.endsWith(".onion")
        || host.endsWith(".b32.i2p")
        || host.equals("localhost")
        || host.equals("[::1]")
        || host.matches("127(\\.[0-9]{1,3}){3}");
  }
}
