package org.whonix2.server.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.CheckpointVerification;
import org.whonix2.core.log.Frontier;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.VerifierKey;

/** Holds the published checkpoint, and those kept elsewhere, against the tree of the entries. */
final class CheckedCheckpoint {
  private final Handle handle;
  private final TreeHead head;
  private final LogCheck.Evidence evidence;
  private final long publishedSize;

  /** The sizes that checkpoints have, and the roots that the entries give there. */
  private final Set<Long> sizes = new HashSet<>();

  private final Map<Long, Sha256> roots = new HashMap<>();

  CheckedCheckpoint(Handle handle, TreeHead head, LogCheck.Evidence evidence) {
    this.handle = handle;
    this.head = head;
    this.evidence = evidence;
    this.publishedSize =
        handle
            .createQuery("select tree_size from checkpoint")
            .mapTo(Long.class)
            .findOne()
            .orElse(-1L);
    sizes.add(publishedSize);
    evidence.kept().forEach(kept -> sizes.add(kept.size()));
  }

  /** Of the published checkpoint's tree; -1 where there is none. */
  long publishedSize() {
    return publishedSize;
  }

  /** Is shown the tree of the entries at each of its sizes, from 0. */
  void grown(Frontier tree) {
    if (sizes.contains(tree.size())) {
      roots.put(tree.size(), tree.root());
    }
  }

  /** Checks all; returns which of the witnesses cosigned the published one. */
  List<String> check() throws IOException {
    for (Checkpoint kept : evidence.kept()) {
      checkKept(kept);
    }
    Optional<byte[]> stored =
        handle
            .createQuery("select note from checkpoint")
            .map((row, context) -> row.getBytes(1))
            .findOne();
    if (stored.isEmpty()) {
      if (head.size() == 0) {
        return List.of();
      }
      throw new ContradictionException("checkpoint: expected one, found none");
    }
    if (!(evidence.log().verify(stored.get()) instanceof CheckpointVerification.Verified found)) {
      throw new ContradictionException(
          "checkpoint: expected one that the key given signed, found another");
    }
    Checkpoint published = found.checkpoint().checkpoint();
    if (published.size() != publishedSize
        || !root(published.size()).equals(Optional.of(published.root()))) {
      throw new ContradictionException(
          "checkpoint: expected the tree of its size %d, found size %d and root %s"
              .formatted(publishedSize, published.size(), published.root()));
    }
    return cosigned(found.checkpoint().note());
  }

  private void checkKept(Checkpoint kept) throws ContradictionException {
    if (kept.size() > head.size()) {
      throw new ContradictionException(
          "the checkpoint kept elsewhere: expected a tree of its size %d or more, found one of %d"
              .formatted(kept.size(), head.size()));
    }
    Optional<Sha256> root = root(kept.size());
    if (!root.equals(Optional.of(kept.root()))) {
      throw new ContradictionException(
          "the checkpoint kept elsewhere: expected its root %s at size %d, found %s"
              .formatted(kept.root(), kept.size(), root.orElseThrow()));
    }
  }

  private Optional<Sha256> root(long size) {
    return Optional.ofNullable(roots.get(size));
  }

  private List<String> cosigned(SignedNote note) throws ContradictionException {
    List<String> cosigned = new ArrayList<>();
    for (VerifierKey witness : evidence.witnesses()) {
      for (NoteSignature signature : note.signatures()) {
        if (witness.isNamedBy(signature)) {
          if (witness.cosignedAt(note.text(), signature).isEmpty()) {
            throw new ContradictionException(
                "checkpoint: expected a cosignature by " + witness.name() + ", found a bad one");
          }
          cosigned.add(witness.name());
        }
      }
    }
    return cosigned;
  }
}
