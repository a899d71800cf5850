package org.whonix2.core.log;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.Base64Text;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/**
 * The body of {@code POST <prefix>/add-checkpoint} (C2SP tlog-witness), and its answers: a log asks
 * a witness to cosign a checkpoint, and proves that it extends the one the witness knows.
 *
 * <pre>
 * old 20852014
 * PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
 *
 * example.com/behind-the-sofa
 * 20852163
 * CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 *
 * — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Z...
 * </pre>
 *
 * The answer 200 is the witness's signature lines, 409 is the size the witness knows and a newline.
 */
public final class AddCheckpoint {
  /** The longest request: a note, 63 hashes and the first line. */
  public static final int MAX_BYTES = SignedNote.MAX_BYTES + 4096;

  /** The content type of the answer 409. */
  public static final String CONFLICT_TYPE = "text/x.tlog.size";

  private static final String FORMAT = "add-checkpoint request";
  private static final String OLD = "old ";

  private final long oldSize;
  private final List<Sha256> proof;
  private final SignedNote note;
  private final Checkpoint checkpoint;

  private AddCheckpoint(long oldSize, List<Sha256> proof, SignedNote note, Checkpoint checkpoint) {
    this.oldSize = oldSize;
    this.proof = proof;
    this.note = note;
    this.checkpoint = checkpoint;
  }

  /**
   * A request.
   *
   * @param oldSize the size of the tree the witness knows, 0 for none
   * @param proof the consistency proof from there, see {@link ConsistencyProof#prove}
   * @throws MalformedInputException if the note is not a checkpoint
   */
  public static AddCheckpoint of(long oldSize, List<Sha256> proof, SignedNote note)
      throws MalformedInputException {
    TreeSize.require(oldSize);
    if (proof.size() > TreeSize.MAX_PROOF) {
      throw new IllegalArgumentException(
          "expected at most " + TreeSize.MAX_PROOF + " hashes, found " + proof.size());
    }
    return new AddCheckpoint(oldSize, List.copyOf(proof), note, Checkpoint.parse(note.text()));
  }

  /** Reads a request; the inverse of {@link #toBytes}. */
  public static AddCheckpoint parse(byte[] body) throws MalformedInputException {
    Lines lines = new Lines(Lines.decode(body, MAX_BYTES, FORMAT), FORMAT);
    long oldSize = lines.number(OLD, "the old size");
    List<Sha256> proof = lines.hashesToEmptyLine();
    return of(oldSize, proof, SignedNote.parse(lines.rest().getBytes(StandardCharsets.UTF_8)));
  }

  public long oldSize() {
    return oldSize;
  }

  public List<Sha256> proof() {
    return proof;
  }

  /** The signed checkpoint as received: nothing is verified yet. */
  public SignedNote note() {
    return note;
  }

  /** What the checkpoint claims: nothing is verified yet. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  public byte[] toBytes() {
    StringBuilder text = new StringBuilder(OLD).append(oldSize).append('\n');
    proof.forEach(hash -> text.append(Base64Text.of(hash.toByteArray())).append('\n'));
    return text.append('\n').append(note).toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The body of the answer 200. */
  public static byte[] formatCosignature(NoteSignature cosignature) {
    return (cosignature + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Finds this witness's cosignature in the body of an answer 200; empty if it made none of the
   * lines.
   */
  public static Optional<Cosignature> parseCosignature(
      byte[] body, VerifierKey witness, Checkpoint checkpoint) throws MalformedInputException {
    String format = "answer of witness " + witness.name();
    String text = Lines.decode(body, SignedNote.MAX_BYTES, format);
    return SignedNote.parseSignatures(text, format).stream()
        .map(line -> Cosignature.verify(witness, checkpoint.format(), line))
        .flatMap(Optional::stream)
        .reduce(Cosignature::newer);
  }

  /** Reads the size in the body of an answer 409; {@link WitnessDecision.Conflict} writes it. */
  public static long parseConflict(byte[] body) throws MalformedInputException {
    Lines lines = new Lines(Lines.decode(body, 64, CONFLICT_TYPE), CONFLICT_TYPE);
    long size = lines.number("", "the witness's tree size");
    lines.end();
    return size;
  }
}
