package org.whonix2.update.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.ticket.Tickets;
import org.whonix2.io.files.AtomicFiles;

/**
 * Everything a box keeps. Open one for the length of a run; a second writer waits for the first.
 */
public final class BoxStore implements AutoCloseable {
  private final Path folder;
  private final FileChannel lock;

  private BoxStore(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Opens the store below a state folder, for one writer or many readers at a time; makes it where
   * it is not there.
   */
  public static BoxStore open(Path state, boolean write) throws IOException {
    Path folder = AtomicFiles.createFolders(state.resolve("update"));
    FileChannel lock =
        FileChannel.open(
            folder.resolve("lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      lock.lock(0, Long.MAX_VALUE, !write);
      return new BoxStore(folder, lock);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /** The log of this origin, empty at first. */
  public LogStore log(String origin) throws IOException {
    // The digest, as an origin may hold slashes.
    String name = Sha256.of(origin.getBytes(StandardCharsets.UTF_8)).toString();
    return new LogStore(AtomicFiles.createFolders(folder.resolve("logs").resolve(name)));
  }

  /** The newest tickets, if there are any. */
  public Optional<Tickets> tickets() throws IOException, MalformedInputException {
    Optional<byte[]> file = AtomicFiles.readIfPresent(ticketFile(), Tickets.MAX_BYTES);
    return file.isPresent() ? Optional.of(Tickets.parse(file.get())) : Optional.empty();
  }

  /** Replaces the tickets. Where that fails there are none afterwards: the old ones are void. */
  public void replaceTickets(Tickets tickets) throws IOException {
    try {
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

  private Path ticketFile() {
    return folder.resolve("tickets");
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
