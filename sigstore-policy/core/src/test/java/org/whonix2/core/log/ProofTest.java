package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.whonix2.core.digest.Sha256;

/**
 * All trees to 100 leaves, against RFC 6962 word for word. Those to 20 leaves have every shape of a
 * path; mutation tests make do with them, as they run each test hundreds of times.
 */
class ProofTest {
  private static final int LEAVES = 100;
  private static final int FEW_LEAVES = 20;
  private static final List<byte[]> ENTRIES = NaiveTree.entries(LEAVES);
  private static final List<Sha256> ROOTS = roots();

  private static List<Sha256> roots() {
    List<Sha256> roots = new ArrayList<>();
    for (int size = 0; size <= LEAVES; size++) {
      roots.add(NaiveTree.mth(ENTRIES.subList(0, size)));
    }
    return roots;
  }

  /** The naive hashes, each computed once. */
  private static HashReader reader() {
    HashReader naive = NaiveTree.reader(ENTRIES);
    Map<String, Sha256> known = new HashMap<>();
    return (level, index) -> {
      String at = level + "/" + index;
      Sha256 hash = known.get(at);
      if (hash == null) {
        hash = naive.hash(level, index);
        known.put(at, hash);
      }
      return hash;
    };
  }

  @Test
  void rootsAreThoseOfTheSpecification() throws Exception {
    HashReader reader = reader();
    Frontier frontier = Frontier.empty();
    for (int size = 0; size <= LEAVES; size++) {
      assertThat(frontier.root()).isEqualTo(ROOTS.get(size));
      assertThat(HashReader.root(reader, size)).isEqualTo(ROOTS.get(size));
      assertThat(Frontier.read(reader, size)).isEqualTo(frontier);
      assertThat(Frontier.parse(frontier.toString()))
          .isEqualTo(frontier)
          .hasSameHashCodeAs(frontier);
      if (size < LEAVES) {
        frontier = frontier.appendEntry(ENTRIES.get(size));
      }
    }
  }

  @Test
  void everyLeafOfEverySmallTreeHasItsProofAndNoOther() throws Exception {
    everyLeafOfEveryTree(FEW_LEAVES);
  }

  @Test
  @Tag("exhaustive")
  void everyLeafOfEveryTreeHasItsProofAndNoOther() throws Exception {
    everyLeafOfEveryTree(LEAVES);
  }

  private static void everyLeafOfEveryTree(int leaves) throws Exception {
    HashReader reader = reader();
    for (int size = 1; size <= leaves; size++) {
      for (int index = 0; index < size; index++) {
        List<Sha256> proof = InclusionProof.prove(reader, index, size);
        assertThat(proof).isEqualTo(NaiveTree.path(index, ENTRIES.subList(0, size)));
        Sha256 leaf = TreeHash.leaf(ENTRIES.get(index));
        Sha256 root = ROOTS.get(size);
        assertThat(InclusionProof.check(proof, index, leaf, size, root)).isTrue();
        assertThat(InclusionProof.check(proof, index, other(leaf), size, root)).isFalse();
        assertThat(InclusionProof.check(proof, index, leaf, size, other(root))).isFalse();
        int bound = size;
        assertThat(
                IntStream.rangeClosed(-1, bound + 1)
                    .filter(i -> InclusionProof.check(proof, i, leaf, bound, root)))
            .containsExactly(index);
      }
    }
  }

  @Test
  void everyPairOfSmallSizesHasItsProofAndNoOther() throws Exception {
    everyPairOfSizes(FEW_LEAVES);
  }

  @Test
  @Tag("exhaustive")
  void everyPairOfSizesHasItsProofAndNoOther() throws Exception {
    everyPairOfSizes(LEAVES);
  }

  private static void everyPairOfSizes(int leaves) throws Exception {
    HashReader reader = reader();
    for (int newSize = 0; newSize <= leaves; newSize++) {
      Sha256 newRoot = ROOTS.get(newSize);
      for (int oldSize = 0; oldSize <= newSize; oldSize++) {
        Sha256 oldRoot = ROOTS.get(oldSize);
        List<Sha256> proof = ConsistencyProof.prove(reader, oldSize, newSize);
        if (oldSize > 0) {
          assertThat(proof).isEqualTo(NaiveTree.proof(oldSize, ENTRIES.subList(0, newSize)));
        } else {
          assertThat(proof).isEmpty();
        }
        assertThat(ConsistencyProof.check(proof, oldSize, oldRoot, newSize, newRoot)).isTrue();
        assertThat(ConsistencyProof.check(proof, oldSize, other(oldRoot), newSize, newRoot))
            .isFalse();
        int bound = newSize;
        assertThat(
                IntStream.rangeClosed(1, bound)
                    .filter(i -> ConsistencyProof.check(proof, i, oldRoot, bound, newRoot))
                    .boxed()
                    .toList())
            .as("old sizes that the proof from %d to %d shows", oldSize, newSize)
            .isEqualTo(oldSize == 0 ? List.of() : List.of(oldSize));
        if (oldSize > 0) {
          assertThat(ConsistencyProof.check(proof, oldSize, oldRoot, newSize, other(newRoot)))
              .isFalse();
        }
      }
    }
  }

  @Test
  void everyChangedByteOfAProofFails() throws Exception {
    int size = 77;
    List<Sha256> inclusion = InclusionProof.prove(reader(), 13, size);
    Sha256 leaf = TreeHash.leaf(ENTRIES.get(13));
    for (List<Sha256> changed : changes(inclusion)) {
      assertThat(InclusionProof.check(changed, 13, leaf, size, ROOTS.get(size))).isFalse();
    }
    List<Sha256> consistency = ConsistencyProof.prove(reader(), 13, size);
    for (List<Sha256> changed : changes(consistency)) {
      assertThat(ConsistencyProof.check(changed, 13, ROOTS.get(13), size, ROOTS.get(size)))
          .isFalse();
    }
  }

  @Test
  void theLastLeafDoesNotAnswerForTheOneAfterIt() throws Exception {
    // Without index < size the one-leaf tree "includes" its leaf at any index.
    Sha256 leaf = TreeHash.leaf(ENTRIES.get(0));
    assertThat(InclusionProof.check(List.of(), 0, leaf, 1, leaf)).isTrue();
    assertThat(InclusionProof.check(List.of(), 1, leaf, 1, leaf)).isFalse();
    assertThat(InclusionProof.check(List.of(), 0, leaf, 0, leaf)).isFalse();
    assertThat(InclusionProof.check(List.of(), -1, leaf, 1, leaf)).isFalse();
  }

  @Test
  void hugeFiguresAreRefusedAndDoNotOverflow() throws Exception {
    Sha256 any = TreeHash.emptyRoot();
    for (long size : new long[] {TreeSize.MAX, TreeSize.MAX + 1, Long.MAX_VALUE, -1}) {
      for (int length = 0; length <= 64; length++) {
        List<Sha256> proof = Collections.nCopies(length, any);
        assertThat(InclusionProof.check(proof, size - 1, any, size, any)).isFalse();
        assertThat(ConsistencyProof.check(proof, size - 1, any, size, any)).isFalse();
      }
    }
    List<Sha256> longest = ConsistencyProof.prove((level, index) -> any, 3, TreeSize.MAX);
    assertThat(longest).hasSizeLessThanOrEqualTo(TreeSize.MAX_PROOF);
    assertThat(InclusionProof.prove((level, index) -> any, TreeSize.MAX - 1, TreeSize.MAX))
        .hasSizeLessThanOrEqualTo(TreeSize.MAX_PROOF);
  }

  @Test
  void theLargestTreeHasItsProofs() throws Exception {
    // Of one hash everywhere: nobody has so many leaves.
    Sha256 any = TreeHash.emptyRoot();
    HashReader reader = (level, index) -> any;
    long size = TreeSize.MAX;
    Sha256 root = Frontier.read(reader, size).root();
    List<Sha256> inclusion = InclusionProof.prove(reader, size - 1, size);
    assertThat(InclusionProof.check(inclusion, size - 1, any, size, root)).isTrue();
    Sha256 oldRoot = Frontier.read(reader, size - 1).root();
    List<Sha256> consistency = ConsistencyProof.prove(reader, size - 1, size);
    assertThat(ConsistencyProof.check(consistency, size - 1, oldRoot, size, root)).isTrue();
    assertThat(ConsistencyProof.check(List.of(), size, root, size, root)).isTrue();
    assertThat(ConsistencyProof.check(List.of(), size + 1, root, size + 1, root)).isFalse();
  }

  @Test
  void aLeafThatTheSizeDeniesIsNotIncludedUnderTheRootThatHasIt() throws Exception {
    // A log can sign the root of two leaves as the root of one.
    Sha256 first = TreeHash.leaf(ENTRIES.get(0));
    Sha256 second = TreeHash.leaf(ENTRIES.get(1));
    Sha256 both = TreeHash.node(first, second);
    assertThat(InclusionProof.check(List.of(first), 1, second, 2, both)).isTrue();
    assertThat(InclusionProof.check(List.of(first), 1, second, 1, both)).isFalse();
  }

  @Test
  void nothingIsProvedOfATreeTooLarge() throws Exception {
    HashReader any = (level, index) -> TreeHash.emptyRoot();
    long size = TreeSize.MAX + 1;
    assertThatIllegalArgumentException().isThrownBy(() -> InclusionProof.prove(any, 0, size));
    assertThatIllegalArgumentException().isThrownBy(() -> ConsistencyProof.prove(any, 0, size));
    assertThatIllegalArgumentException().isThrownBy(() -> Frontier.read(any, size));
    Frontier largest = Frontier.read(any, TreeSize.MAX);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> largest.append(TreeHash.emptyRoot()))
        .withMessageStartingWith("expected a tree size");
  }

  @Test
  void nothingIsProvedOutsideTheTree() {
    HashReader reader = reader();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> InclusionProof.prove(reader, 5, 5))
        .withMessageContaining("below the tree size 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConsistencyProof.prove(reader, 6, 5))
        .withMessageContaining("at most 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HashReader.root(reader, TreeSize.MAX + 1));
  }

  private static Sha256 other(Sha256 hash) {
    return Sha256.of(hash.toByteArray());
  }

  /** The list with every byte flipped in turn, with each hash left out, and with one too many. */
  private static List<List<Sha256>> changes(List<Sha256> proof) throws Exception {
    List<List<Sha256>> changes = new ArrayList<>();
    for (int i = 0; i < proof.size(); i++) {
      for (int at = 0; at < Sha256.LENGTH; at++) {
        byte[] bytes = proof.get(i).toByteArray();
        bytes[at] ^= 1;
        List<Sha256> flipped = new ArrayList<>(proof);
        flipped.set(i, Sha256.ofDigest(bytes));
        changes.add(flipped);
      }
      List<Sha256> shorter = new ArrayList<>(proof);
      shorter.remove(i);
      changes.add(shorter);
      List<Sha256> longer = new ArrayList<>(proof);
      longer.add(i, proof.get(i));
      changes.add(longer);
    }
    return changes;
  }
}
