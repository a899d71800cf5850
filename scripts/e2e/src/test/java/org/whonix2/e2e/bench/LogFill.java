package org.whonix2.e2e.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.stream.LongStream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.server.api.LogApi;
import org.whonix2.server.store.H2Database;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.store.TreeHead;

/** Lets a log grow to a size, without HTTP; prints the bytes that its entries themselves have. */
final class LogFill {
  private static final long GROUP = 2_000;

  private LogFill() {}

  public static void main(String[] arguments) throws IOException, MalformedInputException {
    long wanted = Long.parseLong(arguments[1]);
    LoadStatements.Past past = new LoadStatements.Past();
    long bytes = 0;
    try (LogStore store =
        LogStore.open(H2Database.open(Path.of(arguments[0])), LogApi.indexes(Clock.systemUTC()))) {
      TreeHead head = store.head();
      while (head.size() < wanted) {
        var entries =
            LongStream.range(head.size(), Math.min(wanted, head.size() + GROUP))
                .mapToObj(index -> past.entry(index + 1))
                .toList();
        head = store.append(head, entries).orElseThrow();
        bytes += entries.stream().mapToLong(entry -> entry.content().length).sum();
      }
      while (store.follow(wanted) < wanted) {
        // It gives up after a while, for those who have no time.
      }
    }
    System.out.println(bytes);
  }
}
