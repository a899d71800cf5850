package org.whonix2.server.sequencer;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.whonix2.core.digest.Sha256;
import org.whonix2.server.store.LogEntry;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.PublishedNote;
import org.whonix2.server.store.StoreException;
import org.whonix2.server.store.TreeHead;

/** The submissions that one transaction stores. Those of one identity become one entry. */
final class Group {
  /** Losing the race for the head this often means that something else is wrong. */
  private static final int MAX_ATTEMPTS = 100;

  private final List<Submission> submissions;
  private final Map<Sha256, LogEntry> contents = new LinkedHashMap<>();
  private final Map<Sha256, Long> indexes = new LinkedHashMap<>();
  private final Set<Sha256> stored = new LinkedHashSet<>();

  Group(List<Submission> submissions) {
    this.submissions = List.copyOf(submissions);
    submissions.forEach(s -> contents.putIfAbsent(s.entry().identity(), s.entry()));
  }

  /** Stores what is not yet stored. Where another writer was faster, it looks again. */
  void store(LogStore store) throws StoreException {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      TreeHead head = store.head();
      List<Sha256> absent = absent(store);
      if (absent.isEmpty()) {
        return;
      }
      Optional<TreeHead> next = store.append(head, absent.stream().map(contents::get).toList());
      if (next.isPresent()) {
        for (int i = 0; i < absent.size(); i++) {
          indexes.put(absent.get(i), head.size() + i);
        }
        stored.addAll(absent);
        return;
      }
    }
    throw new StoreException("other writers moved the tree head " + MAX_ATTEMPTS + " times");
  }

  private List<Sha256> absent(LogStore store) throws StoreException {
    indexes.putAll(store.indexesOf(contents.keySet()));
    return contents.keySet().stream().filter(digest -> !indexes.containsKey(digest)).toList();
  }

  /** The size of the smallest tree that has all of them. */
  long coveringSize() {
    return indexes.values().stream().mapToLong(index -> index + 1).max().orElse(0);
  }

  /** Tells every submitter where the entry stands; of equal ones, the first has put it there. */
  void answer(PublishedNote checkpoint) {
    for (Submission submission : submissions) {
      boolean isNew = stored.remove(submission.entry().identity());
      submission
          .answer()
          .complete(
              new Sequenced(
                  indexes.getOrDefault(submission.entry().identity(), -1L), isNew, checkpoint));
    }
  }

  void fail(Exception why) {
    submissions.forEach(submission -> submission.answer().completeExceptionally(why));
  }
}
