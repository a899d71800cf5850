package org.whonix2.rebuilder.bootstrap;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.whonix2.core.digest.Sha256;

/**
 * Whether all compiler roots came to one compiler.
 *
 * @param stages digests of a root's stages, from the first to the one that is compared; by root
 */
public record RootComparison(Map<String, List<Sha256>> stages) {
  public RootComparison {
    Map<String, List<Sha256>> copy = new LinkedHashMap<>();
    stages.forEach((root, digests) -> copy.put(root, List.copyOf(digests)));
    stages = Collections.unmodifiableMap(copy);
  }

  /** Whether the last stage of every root has the same bits. */
  public boolean agrees() {
    return byLast().size() == 1;
  }

  /** The bits that more than half of the roots came to, if there are any. */
  public Optional<Sha256> majority() {
    return byLast().entrySet().stream()
        .filter(entry -> 2 * entry.getValue().size() > stages.size())
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** The roots that came to other bits than the majority did; all of them if there is none. */
  public List<String> odd() {
    Optional<Sha256> majority = majority();
    return stages.keySet().stream()
        .filter(root -> !Optional.of(last(root)).equals(majority))
        .toList();
  }

  /** The last stage's digest of a root. */
  public Sha256 last(String root) {
    List<Sha256> digests = stages.getOrDefault(root, List.of());
    return digests.get(digests.size() - 1);
  }

  private Map<Sha256, List<String>> byLast() {
    Map<Sha256, List<String>> found = new LinkedHashMap<>();
    for (String root : stages.keySet()) {
      found.computeIfAbsent(last(root), digest -> new ArrayList<>()).add(root);
    }
    return found;
  }
}
