package org.whonix2.update.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.ticket.Tickets;
import org.whonix2.io.files.AtomicFiles;

/**
 * Everything a box keeps. Open one for the length of a run. There is one writer at a time, and it
 * may take long over the network; readers never wait for it, take no lock and change nothing.
 */
public final class BoxStore implements AutoCloseable {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  private final Path folder;
  private final @Nullable FileChannel lock;

  private BoxStore(Path folder, @Nullable FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Opens the store below a state folder. To a reader a folder that is not there is an empty store;
   * a writer makes it.
   *
   * @throws StoreBusyException if there is a writer already, and this is to be another
   */
  public static BoxStore open(Path state, boolean write) throws IOException {
    Path folder = state.resolve("update");
    return write
        ? new BoxStore(folder, lock(AtomicFiles.createFolders(folder).resolve("lock")))
        : new BoxStore(folder, null);
  }

  private static FileChannel lock(Path file) throws IOException {
    // Whoever can open the file can hold the lock, so nobody else can.
    FileChannel lock =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PRIVATE));
    try {
      Files.setPosixFilePermissions(file, PRIVATE);
      if (lock.tryLock() != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      lock.close();
      throw new StoreBusyException(file);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
    lock.close();
    throw new StoreBusyException(file);
  }

  /** The log of this origin, empty at first. */
  public LogStore log(String origin) {
    // The digest, as an origin may hold slashes.
    String name = Sha256.of(origin.getBytes(StandardCharsets.UTF_8)).toString();
    return new LogStore(folder.resolve("logs").resolve(name), StoreFiles.DURABLE);
  }

  /** What this box does not go back behind. */
  public Floors floors() throws IOException, MalformedInputException {
    Optional<byte[]> file =
        AtomicFiles.readIfPresent(floorFile(), Floors.MAX_BYTES + SealedText.OVERHEAD);
    try {
      return file.isPresent() ? Floors.parse(SealedText.open(file.get())) : Floors.none();
    } catch (MalformedInputException e) {
      throw e.at(floorFile().toString());
    }
  }

  /** Replaces the floors by raised ones; for the writer. */
  public void raise(Floors floors) throws IOException {
    AtomicFiles.replace(floorFile(), SealedText.seal(floors.toBytes()));
  }

  private Path floorFile() {
    return folder.resolve("floors");
  }

  /**
   * What was found of the evidence of vetoes; nothing if that is lost, damaged or cannot be read,
   * and every veto counts.
   */
  public VetoFindings vetoFindings() {
    try {
      Optional<byte[]> file =
          AtomicFiles.readIfPresent(vetoFile(), VetoFindings.MAX_BYTES + SealedText.OVERHEAD);
      return file.isPresent()
          ? VetoFindings.parse(SealedText.open(file.get()))
          : VetoFindings.none();
    } catch (IOException | MalformedInputException e) {
      return VetoFindings.none();
    }
  }

  /** Replaces them; for the writer. */
  public void replace(VetoFindings findings) throws IOException {
    AtomicFiles.replace(vetoFile(), SealedText.seal(findings.toBytes()));
  }

  private Path vetoFile() {
    return folder.resolve("vetoes");
  }

  /** The newest tickets, if there are any. */
  public Optional<Tickets> tickets() throws IOException, MalformedInputException {
    Optional<byte[]> file = AtomicFiles.readIfPresent(ticketFile(), Tickets.MAX_BYTES);
    return file.isPresent() ? Optional.of(Tickets.parse(file.get())) : Optional.empty();
  }

  /**
   * Replaces the tickets; for the writer. Where that fails there are none afterwards: the old ones
   * are void.
   */
  public void replaceTickets(Tickets tickets) throws IOException {
    try {
      removeHalfWritten();
      AtomicFiles.replacePrivate(ticketFile(), tickets.toBytes());
    } catch (IOException e) {
      dropTickets();
      throw e;
    }
  }

  /** Takes the tickets away: the gates accept nothing until there are new ones. */
  public void dropTickets() throws IOException {
    Files.deleteIfExists(ticketFile());
    AtomicFiles.syncFolder(folder);
  }

  private void removeHalfWritten() throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, ".tickets.*.tmp")) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    }
  }

  private Path ticketFile() {
    return folder.resolve("tickets");
  }

  @Override
  public void close() throws IOException {
    if (lock != null) {
      lock.close();
    }
  }
}
