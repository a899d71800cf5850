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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

/**
 * Asks the logs' servers whether the files that support vetoes are there. Every address of every
 * log has to say that one is not: whoever serves one of them, or breaks the line to one, takes no
 * veto away. What is asked follows from the logs and the policy, not from what is installed.
 */
public final class VetoFiles {
  /** How many vetoes one sync asks about; more wait for the next, and count meanwhile. */
  static final int MOST = 1_000;

  private final List<LogSource> logs;
  private final HttpTransport transport;
  private final SyncDeadline deadline;
  private final Set<Veto> asked = new HashSet<>();
  private final Map<Sha256, Boolean> answers = new HashMap<>();
  private final Map<URI, String> silent = new LinkedHashMap<>();

  VetoFiles(List<LogSource> logs, HttpTransport transport, SyncDeadline deadline) {
    this.logs = logs;
    this.transport = transport;
    this.deadline = deadline;
  }

  /**
   * Asks about the vetoes whose files were never found, those first that wait longest, each once;
   * and keeps the answers.
   *
   * @return whether there was anything to ask
   */
  public boolean ask(List<Held> held, BoxStore store, Instant now, Progress progress)
      throws IOException {
    VetoFindings known = store.vetoFindings();
    Set<Veto> open = new LinkedHashSet<>();
    held.forEach(file -> open.addAll(file.vetoes()));
    open.removeIf(veto -> known.isFound(veto) || asked.contains(veto));
    List<Veto> next =
        open.stream()
            .sorted(Comparator.comparing(known::lastAsked))
            .limit(MOST - asked.size())
            .toList();
    if (next.isEmpty()) {
      return false;
    }
    progress.phase("looking for the evidence of vetoes", next.size());
    Map<Veto, Boolean> found = new HashMap<>();
    for (Veto veto : next) {
      asked.add(veto);
      isSupported(veto).ifPresent(answer -> found.put(veto, answer));
      progress.advance(1);
    }
    progress.done();
    store.replace(known.with(found, now));
    return true;
  }

  /** Why addresses could not be asked: while one cannot, no file is known to be missing. */
  public Collection<String> silent() {
    return Collections.unmodifiableCollection(silent.values());
  }

  /** Whether all its files are there; nothing if that cannot be told. */
  private Optional<Boolean> isSupported(Veto veto) {
    Optional<List<Sha256>> files = veto.files();
    if (files.isEmpty()) {
      return Optional.of(false);
    }
    boolean isEveryOneThere = true;
    for (Sha256 file : files.get()) {
      Optional<Boolean> isThere = isThere(file, veto.statement().log());
      if (isThere.isPresent() && !isThere.get()) {
        return isThere;
      }
      isEveryOneThere &= isThere.isPresent();
    }
    return isEveryOneThere ? Optional.of(true) : Optional.empty();
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
    if (silent.containsKey(address)) {
      // One that failed is not waited for again.
      return Optional.empty();
    }
    if (deadline.isOver()) {
      silent.put(address, address + ": expected to be done within " + deadline + ", was not");
      return Optional.empty();
    }
    try {
      int status = transport.head(ServerAddress.resolve(address, "api/v1/blobs/" + file)).status();
      return switch (status) {
        case 200 -> Optional.of(true);
        case 404, 410 -> Optional.of(false);
        default -> Optional.empty();
      };
    } catch (FetchException e) {
      silent.put(address, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }
}
