package org.whonix2.update.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.IntStream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.Checkpoint;
import org.whonix2.core.log.Frontier;
import org.whonix2.core.log.LogState;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SigningKey;

/** One log's entries, and its state at any size. */
final class History {
  private static final SigningKey KEY = key();

  private History() {}

  private static SigningKey key() {
    try {
      return SigningKey.generate("log.example.org/h", SignatureType.ED25519, new SecureRandom());
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] entry(long index) {
    return ("entry " + index).getBytes(StandardCharsets.UTF_8);
  }

  static List<byte[]> entries(int size) {
    return IntStream.range(0, size).mapToObj(History::entry).toList();
  }

  static LogState state(long size) throws MalformedInputException {
    Frontier frontier = Frontier.empty();
    while (frontier.size() < size) {
      frontier = frontier.appendEntry(entry(frontier.size()));
    }
    Checkpoint checkpoint = new Checkpoint("log.example.org/h", size, frontier.root());
    return LogState.of(checkpoint.sign(KEY).toBytes(), frontier);
  }

  /** What a sync does to the store when the log has grown to this size. */
  static void takeIn(LogStore store, long size) throws IOException, MalformedInputException {
    LogState kept = store.load(entry -> {});
    try (Appender appender = store.append(kept)) {
      for (long index = kept.size(); index < size; index++) {
        appender.accept(index, entry(index));
      }
      appender.commit(state(size));
    }
  }
}
