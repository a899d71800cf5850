package org.whonix2.core.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.whonix2.core.Base64Text;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/**
 * A proof that a log holds an entry, complete in itself (C2SP tlog-proof): index, inclusion proof
 * and the checkpoint with its cosignatures. Files of it end in {@code .tlog-proof}.
 *
 * <pre>
 * c2sp.org/tlog-proof@v1
 * index 2
 * a0eq8p7jwq+a+Im8H7klTavTEXfxYjLdaqsDXKOb9uQ=
 *
 * example.com/log
 * 3
 * sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=
 *
 * — example.com/log hI2DJw...
 * </pre>
 */
public final class TlogProof {
  /** Far more than a checkpoint with 64 signatures needs, and the extra line with it. */
  public static final int MAX_BYTES = 131_072;

  private static final String FORMAT = "tlog proof";
  private static final String HEADER = "c2sp.org/tlog-proof@v1";
  private static final String EXTRA = "extra ";
  private static final String INDEX = "index ";

  private final byte[] extra;
  private final long index;
  private final List<Sha256> path;
  private final SignedNote checkpoint;

  private TlogProof(byte[] extra, long index, List<Sha256> path, SignedNote checkpoint) {
    this.extra = extra;
    this.index = index;
    this.path = path;
    this.checkpoint = checkpoint;
  }

  /** A proof of ours: without extra data. */
  public static TlogProof of(long index, List<Sha256> path, SignedNote checkpoint) {
    TreeSize.require(index);
    if (path.size() > TreeSize.MAX_PROOF) {
      throw new IllegalArgumentException(
          "expected at most " + TreeSize.MAX_PROOF + " hashes, found " + path.size());
    }
    return new TlogProof(new byte[0], index, List.copyOf(path), checkpoint);
  }

  /** Reads a whole proof; the inverse of {@link #toBytes}. */
  public static TlogProof parse(byte[] bytes) throws MalformedInputException {
    Lines lines = new Lines(Lines.decode(bytes, MAX_BYTES, FORMAT), FORMAT);
    String header = lines.next(HEADER);
    if (!header.equals(HEADER)) {
      throw lines.expected(HEADER, header);
    }
    byte[] extra = new byte[0];
    if (lines.startsWith(EXTRA)) {
      extra = lines.base64(EXTRA);
      if (extra.length == 0) {
        throw lines.expected("extra data, or no such line", "");
      }
    }
    long index = lines.number(INDEX, "the index");
    List<Sha256> path = lines.hashesToEmptyLine();
    byte[] note = lines.rest().getBytes(StandardCharsets.UTF_8);
    return new TlogProof(extra, index, path, SignedNote.parse(note));
  }

  public long index() {
    return index;
  }

  public List<Sha256> path() {
    return path;
  }

  /** The checkpoint as received: nothing is verified yet. */
  public SignedNote checkpoint() {
    return checkpoint;
  }

  /** Data nobody vouches for, with a meaning the application knows; empty in ours. */
  public byte[] extra() {
    return extra.clone();
  }

  /**
   * Verifies by C2SP tlog-proof, "Verifying a tlog proof".
   *
   * @param leafHash the hash of the entry that the proof is to be of
   * @param now judges the cosignatures' times
   */
  public ProofVerification verify(
      Sha256 leafHash, TrustedLog log, WitnessQuorum quorum, Instant now) {
    CheckpointVerification verification = log.verify(checkpoint);
    if (verification instanceof CheckpointVerification.Rejected rejected) {
      return new ProofVerification.Rejected(rejected.reason());
    }
    SignedCheckpoint signed = ((CheckpointVerification.Verified) verification).checkpoint();
    QuorumResult result = quorum.judge(signed, now);
    if (!(result instanceof QuorumResult.Met met)) {
      return new ProofVerification.Rejected(result.explain());
    }
    Checkpoint tree = signed.checkpoint();
    return InclusionProof.check(path, index, leafHash, tree.size(), tree.root())
        ? new ProofVerification.Verified(signed, index, met)
        : new ProofVerification.Rejected(
            "expected a proof that entry "
                + index
                + " of the "
                + tree.size()
                + " in log "
                + log.origin()
                + " is this one, found one that does not show it");
  }

  public byte[] toBytes() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The whole proof as text. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    if (extra.length > 0) {
      text.append(EXTRA).append(Base64Text.of(extra)).append('\n');
    }
    text.append(INDEX).append(index).append('\n');
    path.forEach(hash -> text.append(Base64Text.of(hash.toByteArray())).append('\n'));
    return text.append('\n').append(checkpoint).toString();
  }
}
