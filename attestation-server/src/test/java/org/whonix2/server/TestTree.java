package org.whonix2.server;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.AddCheckpoint;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.ConsistencyProof;
import org.whonix2.core.log.HashReader;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.log.TreeHash;

/** The tree of a log that has a leaf for every number, and its requests to witnesses. */
public final class TestTree implements HashReader {
  private final SigningKey log;
  private final LongFunction<Sha256> leaves;
  private final Map<String, Sha256> known = new ConcurrentHashMap<>();

  /**
   * @param leaves the hash of each leaf
   */
  public TestTree(SigningKey log, LongFunction<Sha256> leaves) {
    this.log = log;
    this.leaves = leaves;
  }

  @Override
  public Sha256 hash(int level, long index) throws IOException {
    String place = level + "/" + index;
    Sha256 hash = known.get(place);
    if (hash == null) {
      hash =
          level == 0
              ? leaves.apply(index)
              : TreeHash.node(hash(level - 1, 2 * index), hash(level - 1, 2 * index + 1));
      known.put(place, hash);
    }
    return hash;
  }

  public Checkpoint checkpoint(long size) throws IOException {
    return new Checkpoint(log.verifierKey().name(), size, HashReader.root(this, size));
  }

  /** The request to cosign the tree of a size, from an older one. */
  public byte[] request(long old, long size) throws IOException {
    try {
      return AddCheckpoint.of(
              old, ConsistencyProof.prove(this, old, size), checkpoint(size).sign(log))
          .toBytes();
    } catch (MalformedInputException e) {
      throw new IllegalStateException(e);
    }
  }
}
