package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.Programs;

/**
 * A user namespace of the {@link SubIds} with mounts and processes of its own, held by a process
 * that does nothing else. Programs join it one after the other, as its root; what they mount stays
 * until it is closed. When its holder dies, which is when we die at the latest, the kernel kills
 * every process in it, and with the last one mounts and loop devices are gone.
 *
 * <p>No user namespace can be made within it. It sees the state folder as {@code /mnt}, as its root
 * could not reach a folder below one that is closed to other users.
 */
final class Namespaces implements AutoCloseable {
  private static final Path STATE = Path.of("/mnt");
  private static final int OPEN_SECONDS = 60;
  private static final long CLOSE_MILLIS = 60_000;
  private static final Limits HELD = new Limits(Duration.ofDays(30), 1 << 20);
  private static final Pattern READY = Pattern.compile("(?m)^ready ([0-9]{1,10})$");

  /**
   * Runs as the owner, outside of the user namespace: only from there can a file system on a loop
   * device be mounted, and the maps be written. The file below the loop device is removed at once;
   * the device is freed with its last mount.
   *
   * <p>What is begun in the background checks its parent after it has asked for the signal that
   * comes with the parent's death, which may have been before.
   *
   * <p>Nothing of the file system has to survive a crash, so no barrier waits for a disk. Its hash
   * seed is fixed, so that folders list the same names in the same order each time.
   */
  private static final String HOLD =
      """
      set -eu
      state=$1 first=$2 count=$3 disk=$4 bytes=$5 ordinary=$6 fuse=$7
      shift 7
      for folder; do chown "$first:$first" "$folder"; done
      if [ -n "$disk" ] && [ "$ordinary" = true ]; then
        mount -t tmpfs -o "size=$bytes,mode=755,nosuid,nodev" none "$disk"
        chown "$first:$first" "$disk"
      elif [ -n "$disk" ]; then
        truncate -s "$bytes" "$disk.img"
        options=lazy_itable_init=1,nodiscard,hash_seed=6f1a5a70-3a2b-4b7e-9c11-0d0c1f2e3a4b
        mkfs.ext4 -q -O ^has_journal -m 0 -E "$options,root_owner=$first:$first" "$disk.img"
        mount -t ext4 -o loop,nosuid,nodev,nobarrier "$disk.img" "$disk"
        rm "$disk.img"
      fi
      if [ -n "$fuse" ] && [ "$ordinary" = false ]; then
        mknod -m 666 "$fuse" c 10 229
        mount --bind "$fuse" /dev/fuse
        rm "$fuse"
      fi
      mount --rbind "$state" /mnt
      mounted=0
      procs=$(grep -c ' - proc ' /proc/self/mountinfo)
      setpriv --pdeathsig KILL -- /bin/sh -c '[ "$PPID" = "$0" ] && exec "$@"' $$ \
        unshare --user --mount --propagation slave --pid --fork --kill-child --mount-proc -- \
        /bin/sh -c 'trap "" TERM HUP INT; while :; do sleep 1000 & wait $!; done' &
      namespaces=$!
      until [ "$mounted" -gt "$procs" ]; do
        sleep 0.002
        mounts=$(cat "/proc/$namespaces/mountinfo")
        mounted=$(printf '%s\\n' "$mounts" | grep -c ' - proc ')
      done
      echo "0 $first $count" >"/proc/$namespaces/gid_map"
      echo "0 $first $count" >"/proc/$namespaces/uid_map"
      nsenter --user="/proc/$namespaces/ns/user" --setuid 0 --setgid 0 -- \
        /bin/sh -c 'echo 0 >/proc/sys/user/max_user_namespaces'
      echo "ready $namespaces"
      wait
      """;

  private final Path state;
  private final Optional<ControlGroup> group;
  private final long holder;
  private final Thread waiting;

  private Namespaces(Path state, Optional<ControlGroup> group, long holder, Thread waiting) {
    this.state = state;
    this.group = group;
    this.holder = holder;
    this.waiting = waiting;
  }

  /**
   * What to make namespaces with.
   *
   * @param given folders of ours that become their root's own
   * @param disk a folder to mount a file system of a limited size on, if any
   * @param diskBytes its size
   * @param fuse whether their root may use /dev/fuse where only root may
   * @param group limits for all that runs in them
   */
  record Plan(
      JobFolder job,
      List<Path> given,
      Optional<Path> disk,
      long diskBytes,
      boolean fuse,
      Optional<ControlGroup> group) {
    Plan {
      given = List.copyOf(given);
    }
  }

  /**
   * Makes namespaces.
   *
   * @throws CommandException if this machine does not let us
   */
  static Namespaces open(Plan plan, SubIds ids, Programs programs)
      throws IOException, CommandException {
    List<String> arguments = new ArrayList<>(List.of("/bin/sh", "-c", HOLD, "sh"));
    arguments.add(plan.job().state().toString());
    arguments.addAll(List.of(Long.toString(ids.first()), Integer.toString(SubIds.COUNT)));
    arguments.add(plan.disk().map(Path::toString).orElse(""));
    arguments.add(Long.toString(plan.diskBytes()));
    arguments.add(Boolean.toString(ids.ordinary()));
    arguments.add(plan.fuse() ? plan.job().path("fuse").toString() : "");
    plan.given().forEach(folder -> arguments.add(folder.toString()));
    Command command = Command.of(arguments).behind(ids.asOwner());
    Command counted = plan.group().map(each -> command.behind(each.entering())).orElse(command);
    Said said = new Said();
    AtomicReference<IOException> failure = new AtomicReference<>();
    Thread waiting =
        new Thread(
            () -> {
              try {
                programs.run(counted, HELD, said);
              } catch (IOException e) {
                failure.set(e);
              } finally {
                said.end();
              }
            },
            "namespaces");
    waiting.setDaemon(true);
    waiting.start();
    long holder = said.awaitReady();
    Namespaces opened = new Namespaces(plan.job().state(), plan.group(), holder, waiting);
    if (holder < 0) {
      opened.close();
      IOException cause = failure.get();
      if (cause != null) {
        throw cause;
      }
      throw cannot(said.text());
    }
    return opened;
  }

  private static CommandException cannot(String said) {
    String last =
        said.lines()
            .filter(line -> !line.isBlank())
            .findFirst()
            .orElse("it was not ready within " + OPEN_SECONDS + " s");
    return new CommandException(
        ExitCode.OUTSIDE_FAILED,
        "cannot make a sandbox: " + last.replaceAll("[^ -~]", "?"),
        "'whonix2-rebuilder doctor' says what this machine lacks");
  }

  /** A command as their root, among their mounts and processes. */
  Command joined(Command command) {
    String namespaces = "/proc/" + holder + "/ns/";
    Command inside =
        command.behind(
            List.of(
                "nsenter",
                "--user=" + namespaces + "user",
                "--mount=" + namespaces + "mnt",
                "--pid=" + namespaces + "pid_for_children",
                "--setuid=0",
                "--setgid=0",
                "--"));
    return group.map(each -> inside.behind(each.entering())).orElse(inside);
  }

  /**
   * As {@link #joined}, with mounts and processes of its own: when it has ended, every process that
   * it began is dead.
   */
  Command alone(Command command) {
    return joined(command.alone());
  }

  /** Where a path of ours below the state folder is for programs in here. */
  String seen(Path path) {
    return STATE.resolve(state.relativize(path)).toString();
  }

  /** Kills all that is in them; when it returns, nothing of them is left. */
  @Override
  public void close() throws IOException {
    if (holder < 0) {
      // It never said that it was ready; whoever waits for a program and is told to stop kills it.
      waiting.interrupt();
    }
    // Its only child is the first process of the process namespace. With that one the kernel kills
    // all others, and only then the holder and its parent learn of the end.
    ProcessHandle.of(Math.max(holder, 0))
        .filter(process -> holder > 0)
        .ifPresent(process -> process.children().forEach(ProcessHandle::destroyForcibly));
    try {
      waiting.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while ending a sandbox");
    }
    if (waiting.isAlive()) {
      throw new IOException("a sandbox's processes did not end");
    }
  }

  /** What the holder prints, until it is ready or has ended. */
  private static final class Said extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CountDownLatch decided = new CountDownLatch(1);

    @Override
    public synchronized void write(int b) {
      bytes.write(b);
      look();
    }

    @Override
    public synchronized void write(byte[] from, int offset, int length) {
      bytes.write(from, offset, length);
      look();
    }

    private void look() {
      if (READY.matcher(text()).find()) {
        decided.countDown();
      }
    }

    synchronized String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }

    void end() {
      decided.countDown();
    }

    /** The holder's process number; -1 if there is none. */
    long awaitReady() throws InterruptedIOException {
      try {
        if (!decided.await(OPEN_SECONDS, TimeUnit.SECONDS)) {
          return -1;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while making a sandbox");
      }
      Matcher ready = READY.matcher(text());
      return ready.find() ? Long.parseLong(ready.group(1)) : -1;
    }
  }
}
