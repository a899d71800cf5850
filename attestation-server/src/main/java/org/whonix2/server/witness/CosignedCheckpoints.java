package org.whonix2.server.witness;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.NoteVerification;
import org.whonix2.core.log.SignedNote;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.io.files.AtomicFiles;

/** The newest cosigned checkpoint of each log, a file each. One process at a time has them. */
final class CosignedCheckpoints implements AutoCloseable {
  private final Path folder;
  private final VerifierKey witness;
  private final FileChannel lock;

  private CosignedCheckpoints(Path folder, VerifierKey witness, FileChannel lock) {
    this.folder = folder;
    this.witness = witness;
    this.lock = lock;
  }

  /**
   * @throws IOException also if another process has them
   */
  static CosignedCheckpoints open(Path state, VerifierKey witness) throws IOException {
    Path folder = state.resolve("witness");
    AtomicFiles.createFolders(folder);
    FileChannel channel =
        FileChannel.open(
            folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    // The system drops the lock when the channel is closed or the process ends, however it ends.
    if (lock(channel) == null) {
      channel.close();
      throw new IOException("another witness has the state in " + folder);
    }
    return new CosignedCheckpoints(folder, witness, channel);
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** The name under which a log's checkpoint is kept and asked for. */
  static Sha256 nameOf(String origin) {
    return Sha256.of(origin.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The checkpoint cosigned last, or empty if none ever was.
   *
   * @throws IOException if what is kept is not a checkpoint of this log that we cosigned: then
   *     nobody knows what we did cosign, and nothing more may be
   */
  Optional<SignedNote> read(String origin) throws IOException {
    Path file = file(origin);
    Optional<byte[]> kept = AtomicFiles.readIfPresent(file, SignedNote.MAX_BYTES);
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    try {
      SignedNote note = SignedNote.parse(kept.get());
      boolean ours =
          note.open(List.of(witness)) instanceof NoteVerification.Verified
              && Checkpoint.parse(note.text()).origin().equals(origin);
      if (ours) {
        return Optional.of(note);
      }
    } catch (MalformedInputException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    throw new IOException(file + ": expected a checkpoint of " + origin + " cosigned by us");
  }

  /** On disk when this returns. */
  void write(String origin, SignedNote note) throws IOException {
    AtomicFiles.replace(file(origin), note.toBytes());
  }

  private Path file(String origin) {
    return folder.resolve(nameOf(origin) + ".checkpoint");
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
