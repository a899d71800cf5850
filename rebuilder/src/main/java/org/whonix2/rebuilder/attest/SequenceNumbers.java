package org.whonix2.rebuilder.attest;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.io.files.AtomicFiles;

/** The numbers of one key's attestations: each is given out once, in rising order. */
public final class SequenceNumbers {
  private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,14})\n");
  private static final int MAX_BYTES = 64;

  private final Path folder;

  /**
   * The numbers of the key in this folder.
   *
   * @param keyFolder where the secret key lies: the numbers belong to the key, so they travel with
   *     it
   */
  public SequenceNumbers(Path keyFolder) {
    this.folder = keyFolder.resolve("sequence");
  }

  /** Begins a new key's numbers: the first will be 1. */
  void begin(Fingerprint key) throws IOException {
    AtomicFiles.createFolders(folder);
    AtomicFiles.createPrivate(
        folder.resolve(key.toString()), "0\n".getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * The next number of this key, from 1. It is durable when this returns; other processes wait
   * meanwhile.
   *
   * @throws MalformedInputException if the file that keeps it is lost or damaged: going on could
   *     use a number twice, which would look like a lie
   */
  public synchronized long next(Fingerprint key) throws IOException, MalformedInputException {
    Path file = folder.resolve(key.toString());
    last(file); // complains of a lost folder by name, before the lock file would
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve(key + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      long next = last(file) + 1;
      AtomicFiles.replacePrivate(file, (next + "\n").getBytes(StandardCharsets.US_ASCII));
      if (!lock.isValid()) {
        throw new IOException(file + ": lost the lock");
      }
      return next;
    }
  }

  private static long last(Path file) throws IOException, MalformedInputException {
    Optional<byte[]> content = AtomicFiles.readIfPresent(file, MAX_BYTES);
    if (content.isEmpty()) {
      throw new MalformedInputException(
          file
              + ": expected the last sequence number of this key, found no file; write the highest"
              + " one that any log has of it into this file, or make a new key");
    }
    String text = new String(content.get(), StandardCharsets.US_ASCII);
    if (!FORM.matcher(text).matches()) {
      throw new MalformedInputException(
          file + ": expected the last sequence number in decimal digits and a line feed");
    }
    return Long.parseLong(text.strip());
  }
}
