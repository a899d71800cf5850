package org.whonix2.server.cosigning;

import java.io.IOException;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.AddCheckpoint;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.ConsistencyProof;
import org.whonix2.core.log.Cosignature;
import org.whonix2.core.log.HashReader;
import org.whonix2.core.log.NoteSignature;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.io.http.HttpAnswer;
import org.whonix2.io.http.HttpTransport;

/** A witness asked over HTTP (C2SP tlog-witness, "add-checkpoint"). */
public final class RemoteWitness implements Cosigner {
  /** The first tells us, by its 409, what the witness knows; a second log server may interfere. */
  private static final int MAX_TRIES = 3;

  private static final int MAX_ANSWER_BYTES = 16 * 1024;

  private final WitnessAddress address;
  private final HttpTransport transport;

  /** The size of the tree it cosigned last; 0 until it tells. */
  private volatile long known;

  public RemoteWitness(WitnessAddress address, HttpTransport transport) {
    this.address = address;
    this.transport = transport;
  }

  @Override
  public VerifierKey key() {
    return address.key();
  }

  @Override
  public NoteSignature cosign(Checkpoint checkpoint, SignedNote signed, HashReader hashes)
      throws IOException {
    try {
      for (int tries = 0; tries < MAX_TRIES; tries++) {
        long old = Math.min(known, checkpoint.size());
        AddCheckpoint request =
            AddCheckpoint.of(old, ConsistencyProof.prove(hashes, old, checkpoint.size()), signed);
        HttpAnswer answer =
            transport.post(
                address.addCheckpoint(), "text/plain", request.toBytes(), MAX_ANSWER_BYTES);
        if (answer.status() == 200) {
          Cosignature cosignature =
              AddCheckpoint.parseCosignature(answer.body(), key(), checkpoint)
                  .orElseThrow(() -> new IOException("the answer is no cosignature by " + key()));
          known = checkpoint.size();
          return cosignature.signature();
        }
        if (answer.status() != 409) {
          throw new IOException("expected status 200 or 409, found " + answer.status());
        }
        long size = AddCheckpoint.parseConflict(answer.body());
        if (size > checkpoint.size()) {
          throw new KnowsMore(size, checkpoint.size());
        }
        known = size;
      }
      throw new IOException("expected a cosignature in " + MAX_TRIES + " tries, found conflicts");
    } catch (MalformedInputException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
