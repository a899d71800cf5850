package org.whonix2.rebuilder.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A control group of one job, which bounds its memory and its processes together and counts how
 * often it came to a bound: one folder in the unified hierarchy (cgroup v2), or one in each of the
 * memory and the pids hierarchy (v1).
 */
final class ControlGroup implements AutoCloseable {
  private static final String PREFIX = "whonix2-rebuilder-";
  private static final int REMOVE_TRIES = 100;
  private static final Pattern MOUNT_LINE =
      Pattern.compile("\\S+ \\S+ \\S+ (\\S+) (\\S+) .* - (cgroup2?) \\S+ (\\S+)");

  /** Joins every group whose file of processes is named before "--", then becomes the program. */
  private static final String ENTER =
      "while [ \"$1\" != -- ]; do echo 0 >\"$1\" || exit 125; shift; done; shift; exec \"$@\"";

  /** A hierarchy's folder in which we may make groups. */
  private record Place(Path folder, boolean unified, String controller) {}

  private final List<Place> groups;

  /** A group, where this machine lets us make one; nothing is left of it after the closing. */
  record Tried(Optional<ControlGroup> made) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      if (made.isPresent()) {
        made.get().close();
      }
    }
  }

  private ControlGroup(List<Place> groups) {
    this.groups = List.copyOf(groups);
  }

  /** Tries to make the one group that a job has at a time, with these limits. */
  static Tried forJob(JobFolder job, BuildLimits limits) throws IOException {
    return new Tried(create(job.id(), limits.memoryBytes(), limits.processes()));
  }

  /**
   * Makes a group; empty where this machine does not let us, as it is for ordinary users whose
   * session delegates them none.
   *
   * @param id the job's, distinct on this machine
   */
  static Optional<ControlGroup> create(String id, long memoryBytes, int processes)
      throws IOException {
    List<Place> made = new ArrayList<>();
    for (Place place : places()) {
      Path group = place.folder().resolve(PREFIX + id);
      try {
        Files.createDirectory(group);
        made.add(new Place(group, place.unified(), place.controller()));
        limit(group, place, memoryBytes, processes);
      } catch (IOException e) {
        new ControlGroup(made).close();
        return Optional.empty();
      }
    }
    return made.isEmpty() ? Optional.empty() : Optional.of(new ControlGroup(made));
  }

  private static void limit(Path group, Place place, long memoryBytes, int processes)
      throws IOException {
    if (place.unified()) {
      write(group.resolve("memory.max"), memoryBytes);
      writeIfThere(group.resolve("memory.swap.max"), 0);
      writeIfThere(group.resolve("memory.oom.group"), 0);
      write(group.resolve("pids.max"), processes);
    } else if (place.controller().equals("memory")) {
      write(group.resolve("memory.limit_in_bytes"), memoryBytes);
      writeIfThere(group.resolve("memory.memsw.limit_in_bytes"), memoryBytes);
    } else {
      write(group.resolve("pids.max"), processes);
    }
  }

  private static void write(Path file, long value) throws IOException {
    // Such files exist from the start; to create one must fail.
    try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.write(StandardCharsets.US_ASCII.encode(value + "\n"));
    }
  }

  private static void writeIfThere(Path file, long value) throws IOException {
    if (Files.exists(file)) {
      write(file, value);
    }
  }

  /** Where groups may be made: one unified place, or one each for memory and pids. */
  private static List<Place> places() throws IOException {
    String mounts = Files.readString(Path.of("/proc/self/mountinfo"));
    String mine = Files.readString(Path.of("/proc/self/cgroup"));
    List<Place> unified = new ArrayList<>();
    List<Place> apart = new ArrayList<>();
    for (String line : mounts.lines().toList()) {
      var mount = MOUNT_LINE.matcher(line);
      if (!mount.matches()) {
        continue;
      }
      Path folder = Path.of(mount.group(2));
      if (mount.group(3).equals("cgroup2")) {
        delegated(folder, own(folder, mine, "")).ifPresent(unified::add);
      } else {
        for (String controller : List.of("memory", "pids")) {
          if (List.of(mount.group(4).split(",", -1)).contains(controller)) {
            Path own = own(folder, mine, controller);
            apart.add(new Place(own, false, controller));
          }
        }
      }
    }
    if (!unified.isEmpty()) {
      return List.of(unified.get(0));
    }
    return apart.size() == 2 ? apart : List.of();
  }

  /** Our own group's folder in a hierarchy, or the hierarchy's top if ours is not to be seen. */
  private static Path own(Path top, String mine, String controller) {
    for (String line : mine.lines().toList()) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && List.of(parts[1].split(",", -1)).contains(controller)) {
        Path folder = top.resolve("." + parts[2]).normalize();
        return Files.isDirectory(folder) ? folder : top;
      }
    }
    return top;
  }

  /**
   * The nearest group above our own that hands both controllers to its children: a group that holds
   * processes cannot, except the top.
   */
  private static Optional<Place> delegated(Path top, Path own) throws IOException {
    for (Path folder = own; folder != null && folder.startsWith(top); folder = folder.getParent()) {
      Path control = folder.resolve("cgroup.subtree_control");
      if (Files.isWritable(folder) && Files.isWritable(folder.resolve("cgroup.procs"))) {
        List<String> handed = List.of(Files.readString(control).strip().split(" ", -1));
        if (handed.contains("memory") && handed.contains("pids")) {
          return Optional.of(new Place(folder, true, ""));
        }
      }
    }
    return Optional.empty();
  }

  /** Removes what a job that was killed left; nothing if there is nothing. */
  static void sweep(String id) throws IOException {
    List<Place> left = new ArrayList<>();
    for (Place place : places()) {
      left.add(new Place(place.folder().resolve(PREFIX + id), place.unified(), ""));
    }
    new ControlGroup(left).close();
  }

  /** What a program is put behind to run in the group from its first moment. */
  List<String> entering() {
    List<String> enter = new ArrayList<>(List.of("/bin/sh", "-c", ENTER, "sh"));
    groups.forEach(group -> enter.add(group.folder().resolve("cgroup.procs").toString()));
    enter.add("--");
    return enter;
  }

  /** How many of its processes the kernel killed because the group had used up its memory. */
  long memoryKills() throws IOException {
    return counted("memory", "memory.events", "memory.oom_control", "oom_kill");
  }

  /** How many processes the kernel refused because the group had as many as it may. */
  long refusedProcesses() throws IOException {
    return counted("pids", "pids.events", "pids.events", "max");
  }

  private long counted(String controller, String unified, String apart, String key)
      throws IOException {
    long count = 0;
    for (Place group : groups) {
      if (group.unified() || group.controller().equals(controller)) {
        String events = Files.readString(group.folder().resolve(group.unified() ? unified : apart));
        for (String line : events.lines().toList()) {
          if (line.startsWith(key + " ")) {
            count += Long.parseLong(line.substring(key.length() + 1).strip());
          }
        }
      }
    }
    return count;
  }

  /** Kills what is still in the group, and removes it. */
  @Override
  public void close() throws IOException {
    for (Place group : groups) {
      remove(group.folder());
    }
  }

  private static void remove(Path group) throws IOException {
    for (int i = 0; i < REMOVE_TRIES && Files.isDirectory(group); i++) {
      try {
        for (String pid : Files.readString(group.resolve("cgroup.procs")).lines().toList()) {
          ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        }
        Files.delete(group);
      } catch (NoSuchFileException e) {
        return;
      } catch (IOException e) {
        pause(); // The last of its processes is being taken down.
      }
    }
    if (Files.isDirectory(group)) {
      throw new IOException(group + ": could not be removed");
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while removing a control group", e);
    }
  }
}
