package org.whonix2.server.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process asked of one file, and what it said over its sockets, in the order of strace's
 * lines. A call that others interrupt has two lines: it is known to have taken effect at its second
 * one only, and may have at its first.
 */
final class DiskTrace {
  private static final Pattern LINE = Pattern.compile("([0-9]+) +(.*)");
  private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. \\w+ resumed>(.*)");
  private static final Pattern CALL =
      Pattern.compile(
          "(\\w+)\\([0-9]+<((?:\\\\x[0-9a-f]{2})*)>(?:\\(deleted\\))?(.*)\\) += ([0-9]+)");
  private static final Pattern STRING = Pattern.compile("\"((?:\\\\x[0-9a-f]{2})*)\"(\\.\\.\\.)?");
  private static final Pattern LAST_NUMBER = Pattern.compile(".*, ([0-9]+)");
  private static final String UNFINISHED = "<unfinished ...>";

  /**
   * A change of the file: bytes at an offset, or its end.
   *
   * @param begun the first line of the call
   * @param done its last
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Change(long begun, long done, long offset, Optional<byte[]> bytes) {}

  record Sync(long begun, long done) {}

  /** Something written to a socket. */
  record Said(long begun, String text) {}

  private final Path file;
  private final List<Change> changes = new ArrayList<>();
  private final List<Sync> syncs = new ArrayList<>();
  private final List<Said> said = new ArrayList<>();

  private DiskTrace(Path file) {
    this.file = file;
  }

  /** The program that runs another and writes its calls to this file. */
  static List<String> tracer(Path trace) {
    return List.of(
        "strace",
        "-f",
        "-qq",
        "-y",
        "-xx",
        "-s",
        "67108864",
        "--seccomp-bpf",
        "-e",
        "signal=none",
        "-e",
        "trace=write,pwrite64,pwritev,pwritev2,writev,ftruncate,fallocate,fsync,fdatasync",
        "-o",
        trace.toString());
  }

  /** Reads a trace with this file in mind, which the process must write by position. */
  static DiskTrace read(Path trace, Path file) throws IOException {
    DiskTrace read = new DiskTrace(file);
    Map<String, String> unfinished = new HashMap<>();
    Map<String, Long> begun = new HashMap<>();
    try (BufferedReader lines = Files.newBufferedReader(trace, StandardCharsets.ISO_8859_1)) {
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
          throw new IOException("no line of strace: " + line);
        }
        String thread = parts.group(1);
        String call = parts.group(2);
        Matcher resumed = RESUMED.matcher(call);
        if (call.endsWith(UNFINISHED)) {
          unfinished.put(
              thread, call.substring(0, call.length() - UNFINISHED.length()).stripTrailing());
          begun.put(thread, number);
        } else if (resumed.matches()) {
          String first = unfinished.remove(thread);
          if (first != null) {
            read.call(begun.getOrDefault(thread, number), number, first + resumed.group(1));
          }
        } else {
          read.call(number, number, call);
        }
      }
    }
    return read;
  }

  private void call(long begun, long done, String text) throws IOException {
    Matcher call = CALL.matcher(text);
    if (!call.matches()) {
      return; // it failed, or is about no file
    }
    String target = new String(bytes(call.group(2)), StandardCharsets.UTF_8);
    String arguments = call.group(3);
    if (target.startsWith("socket:") || target.startsWith("TCP")) {
      said.add(new Said(begun, new String(strings(arguments), StandardCharsets.ISO_8859_1)));
    } else if (target.equals(file.toString())) {
      switch (call.group(1)) {
        case "pwrite64" -> {
          byte[] all = strings(arguments);
          byte[] written = Arrays.copyOf(all, Integer.parseInt(call.group(4)));
          changes.add(new Change(begun, done, lastNumber(arguments), Optional.of(written)));
        }
        case "ftruncate" ->
            changes.add(new Change(begun, done, lastNumber(arguments), Optional.empty()));
        case "fsync", "fdatasync" -> syncs.add(new Sync(begun, done));
        default -> throw new IOException("expected writes by position, found " + call.group(1));
      }
    }
  }

  private static long lastNumber(String arguments) throws IOException {
    Matcher number = LAST_NUMBER.matcher(arguments);
    if (!number.matches()) {
      throw new IOException("expected a number, found " + arguments);
    }
    return Long.parseLong(number.group(1));
  }

  private static byte[] strings(String arguments) throws IOException {
    Matcher string = STRING.matcher(arguments);
    StringBuilder all = new StringBuilder();
    while (string.find()) {
      if (string.group(2) != null) {
        throw new IOException("strace has cut something short");
      }
      all.append(string.group(1));
    }
    return bytes(all.toString());
  }

  private static byte[] bytes(String escaped) {
    byte[] bytes = new byte[escaped.length() / 4];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(escaped.substring(4 * i + 2, 4 * i + 4), 16);
    }
    return bytes;
  }

  List<Change> changes() {
    return changes;
  }

  List<Sync> syncs() {
    return syncs;
  }

  List<Said> said() {
    return said;
  }

  /** The changes that the disk must have had at this moment: those that a sync began after. */
  private long durableUntil(long moment, int leftOut) {
    List<Sync> before = syncs.stream().filter(sync -> sync.done() < moment).toList();
    return before.size() <= leftOut ? 0 : before.get(before.size() - 1 - leftOut).begun();
  }

  /**
   * The file as a loss of power at this moment may leave it: all that was synced, and of what came
   * after that whatever the disk happened to have done.
   *
   * @param leftOut so many syncs are taken for none
   * @param luck which of the later changes reached the disk; empty for none
   */
  byte[] afterPowerLoss(long moment, int leftOut, Optional<Random> luck) {
    long durable = durableUntil(moment, leftOut);
    byte[] content = new byte[0];
    for (Change change : changes) {
      boolean synced = change.done() < durable;
      if (synced || (change.begun() < moment && luck.isPresent() && luck.get().nextBoolean())) {
        content = apply(content, change);
      }
    }
    return content;
  }

  private static byte[] apply(byte[] content, Change change) {
    int offset = Math.toIntExact(change.offset());
    if (change.bytes().isEmpty()) {
      return Arrays.copyOf(content, offset);
    }
    byte[] bytes = change.bytes().get();
    byte[] longer =
        content.length < offset + bytes.length
            ? Arrays.copyOf(content, offset + bytes.length)
            : content;
    System.arraycopy(bytes, 0, longer, offset, bytes.length);
    return longer;
  }
}
