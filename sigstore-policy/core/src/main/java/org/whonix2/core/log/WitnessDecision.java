package org.whonix2.core.log;

import java.util.Optional;
import org.whonix2.core.digest.Sha256;

/**
 * What a witness answers (C2SP tlog-witness, "add-checkpoint"). The decision holds only if nothing
 * else is cosigned between reading {@code cosigned} and storing the new checkpoint: the caller
 * makes decision and storage one atomic step, and answers after it.
 */
public sealed interface WitnessDecision {
  /** The HTTP status. */
  int status();

  /** The body, where the answer is no cosignature. */
  String body();

  /** To be stored, cosigned and answered with the cosignature, in this order. */
  record Cosign(SignedCheckpoint checkpoint) implements WitnessDecision {
    @Override
    public int status() {
      return 200;
    }

    @Override
    public String body() {
      throw new IllegalStateException("the body is the cosignature");
    }
  }

  /** The request contradicts itself. */
  record BadRequest(String reason) implements WitnessDecision {
    @Override
    public int status() {
      return 400;
    }

    @Override
    public String body() {
      return reason + "\n";
    }
  }

  /** Not signed by the log. */
  record Forbidden(String reason) implements WitnessDecision {
    @Override
    public int status() {
      return 403;
    }

    @Override
    public String body() {
      return reason + "\n";
    }
  }

  /** Not a log of ours. */
  record UnknownLog() implements WitnessDecision {
    @Override
    public int status() {
      return 404;
    }

    @Override
    public String body() {
      return "no log of that origin is witnessed here\n";
    }
  }

  /** The witness knows another size; content type {@link AddCheckpoint#CONFLICT_TYPE}. */
  record Conflict(long size) implements WitnessDecision {
    @Override
    public int status() {
      return 409;
    }

    @Override
    public String body() {
      return size + "\n";
    }
  }

  /**
   * Signed by the log and not consistent with what the witness knows: perhaps the proof of a fork.
   */
  record Unprocessable(String reason) implements WitnessDecision {
    @Override
    public int status() {
      return 422;
    }

    @Override
    public String body() {
      return reason + "\n";
    }
  }

  /**
   * Decides.
   *
   * @param log the log of the request's origin, if it is witnessed here
   * @param cosigned the checkpoint of that origin that was cosigned last
   */
  static WitnessDecision decide(
      AddCheckpoint request, Optional<TrustedLog> log, Optional<Checkpoint> cosigned) {
    if (log.isEmpty()) {
      return new UnknownLog();
    }
    CheckpointVerification verification = log.get().verify(request.note());
    if (verification instanceof CheckpointVerification.Rejected rejected) {
      return new Forbidden(rejected.reason());
    }
    Checkpoint found = request.checkpoint();
    if (request.oldSize() > found.size()) {
      return new BadRequest(
          "expected an old size of at most " + found.size() + ", found " + request.oldSize());
    }
    long size = cosigned.map(Checkpoint::size).orElse(0L);
    if (request.oldSize() != size) {
      return new Conflict(size);
    }
    if (found.size() == size
        && cosigned.isPresent()
        && !found.root().equals(cosigned.get().root())) {
      // A fork in two signed notes; tlog-witness answers it with 409 like another size.
      return new Conflict(size);
    }
    // The empty tree begins with itself only: this also refuses another root of size 0.
    Sha256 root = cosigned.map(Checkpoint::root).orElse(TreeHash.emptyRoot());
    if (!ConsistencyProof.check(request.proof(), size, root, found.size(), found.root())) {
      return new Unprocessable(
          "expected a proof that the tree of size "
              + found.size()
              + " begins with the one of size "
              + size
              + " cosigned here, found one that does not show it");
    }
    return new Cosign(((CheckpointVerification.Verified) verification).checkpoint());
  }
}
