package org.whonix2.core.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * A witness's verified statement that, as of {@code time}, this is the largest consistent tree of
 * the log it has seen (C2SP tlog-cosignature, "Ed25519 signed message"). Its bytes are the time,
 * u64 big-endian in seconds, and the Ed25519 signature over
 *
 * <pre>
 * cosignature/v1
 * time 1679315147
 * &lt;the checkpoint's text&gt;
 * </pre>
 *
 * Only verification makes one.
 */
public final class Cosignature {
  /** The end of the year 9999: a later time is no time. */
  private static final long MAX_TIME = 253_402_300_799L;

  private final VerifierKey witness;
  private final Instant time;
  private final NoteSignature signature;

  private Cosignature(VerifierKey witness, Instant time, NoteSignature signature) {
    this.witness = witness;
    this.time = time;
    this.signature = signature;
  }

  static NoteSignature sign(SigningKey key, String checkpoint, Instant at) {
    long time = at.getEpochSecond();
    if (time <= 0 || time > MAX_TIME) {
      throw new IllegalArgumentException("expected a time from 1970 to 9999, found " + at);
    }
    byte[] signature = key.signRaw(message(time, checkpoint));
    return NoteSignature.by(
        key.verifierKey(),
        ByteBuffer.allocate(Long.BYTES + signature.length).putLong(time).put(signature).array());
  }

  /** Empty unless this witness made this signature over the checkpoint's text. */
  static Optional<Cosignature> verify(VerifierKey witness, String text, NoteSignature signature) {
    byte[] bytes = signature.bytes();
    if (witness.type() != SignatureType.COSIGNATURE
        || !witness.isNamedBy(signature)
        || bytes.length < Long.BYTES) {
      return Optional.empty();
    }
    long time = ByteBuffer.wrap(bytes).getLong();
    if (time <= 0
        || time > MAX_TIME
        || !witness.verifyRaw(message(time, text), bytes, Long.BYTES)) {
      return Optional.empty();
    }
    return Optional.of(new Cosignature(witness, Instant.ofEpochSecond(time), signature));
  }

  private static byte[] message(long time, String checkpoint) {
    return ("cosignature/v1\ntime " + time + "\n" + checkpoint).getBytes(StandardCharsets.UTF_8);
  }

  static Cosignature newer(Cosignature one, Cosignature other) {
    return one.time.isBefore(other.time) ? other : one;
  }

  public VerifierKey witness() {
    return witness;
  }

  public Instant time() {
    return time;
  }

  public NoteSignature signature() {
    return signature;
  }
}
