package org.whonix2.rebuilder.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Rfc3339;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.sandbox.JobFolder;
import org.whonix2.toolchain.BootstrapPlan;
import org.whonix2.toolchain.PlanOutput;

/** Stages that were made once. A stage comes in by one rename, and goes out by another. */
final class StageCache {
  private static final int MAX_MANIFEST_BYTES = 1 << 20;
  private static final String FORM = "whonix2 stage 2";

  private final Path folder;
  private final boolean kept;

  private StageCache(Path folder, boolean kept) {
    this.folder = folder;
    this.kept = kept;
  }

  /**
   * The cache of a state folder, absolute, of which stages are taken and in which they are kept.
   */
  static StageCache in(Path state) throws IOException {
    return in(state, true);
  }

  /**
   * The same, or nothing but its place.
   *
   * @param kept whether stages are taken from it and kept in it
   */
  static StageCache in(Path state, boolean kept) throws IOException {
    Path folder = Files.createDirectories(state.resolve("compilers"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new StageCache(folder, kept);
  }

  /** What is looked for: of which plan, and what the root in which it would be made says of it. */
  record Wanted(BootstrapPlan plan, int number, Sha256 environment, PackageVersion libcDev) {}

  /**
   * The stage of this key, copied into the job's folder; empty if there is none, or it is not as it
   * was when it was made.
   */
  Optional<Stage> take(Sha256 key, Wanted in, JobFolder job, LogFile log) throws IOException {
    Path there = folder.resolve(key.toString());
    if (!kept || !Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      byte[] manifest = AtomicFiles.read(there.resolve("manifest"), MAX_MANIFEST_BYTES);
      Path copies = job.folder("stage-" + UUID.randomUUID());
      Stage stage = parse(manifest, copies, in);
      copyUnchanged(stage, there.resolve("files"));
      Files.setLastModifiedTime(there, FileTime.from(Instant.now()));
      log.line("stage " + in.number() + " " + key + ": from the cache");
      return Optional.of(stage);
    } catch (MalformedInputException | FileSystemException e) {
      log.line(there + ": " + e.getMessage() + "; the stage is made anew");
      moveOut(there, job);
      return Optional.empty();
    }
  }

  /** The digests are those of the copies, which nobody else knows of. */
  private static void copyUnchanged(Stage stage, Path from)
      throws IOException, MalformedInputException {
    for (StageFile file : stage.files()) {
      Path path = from.resolve(file.output().file());
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
          || Files.size(path) != file.size()
          || !copy(path, stage.folder()).equals(file.digest())) {
        throw new MalformedInputException(path + ": expected it as it was made, found it changed");
      }
    }
  }

  /**
   * Copies a file so that sandboxes can read it, whatever our umask is.
   *
   * @return the digest of the copy
   */
  static Sha256 copy(Path from, Path folder) throws IOException {
    Path to = folder.resolve(String.valueOf(from.getFileName()));
    Files.copy(from, to, LinkOption.NOFOLLOW_LINKS);
    Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rw-r--r--"));
    return digest(to);
  }

  /** Another job may have been faster. */
  private static void moveOut(Path stage, JobFolder job) throws IOException {
    try {
      Files.move(stage, job.path("removed-" + UUID.randomUUID()), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      // It has gone already.
    }
  }

  /** Keeps a copy of what a job made, if stages are kept; the job goes on with its own. */
  void keep(Sha256 key, Stage made, JobFolder job) throws IOException {
    if (!kept) {
      return;
    }
    Path copy = job.folder("kept-" + UUID.randomUUID());
    Path files = Files.createDirectory(copy.resolve("files"));
    for (StageFile file : made.files()) {
      copy(made.folder().resolve(file.output().file()), files);
    }
    AtomicFiles.replace(copy.resolve("manifest"), manifest(made));
    Path there = folder.resolve(key.toString());
    try {
      Files.move(copy, there, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
        // Somebody else was faster. Theirs was not looked at; ours is as good.
        return;
      }
      throw e;
    }
    AtomicFiles.syncFolder(folder);
  }

  /** Moves into the job's folder, to be removed with it, what nobody used since then. */
  void clean(JobFolder job, Instant before) throws IOException {
    try (DirectoryStream<Path> stages = Files.newDirectoryStream(folder)) {
      for (Path stage : stages) {
        try {
          if (Files.getLastModifiedTime(stage).toInstant().isBefore(before)) {
            moveOut(stage, job);
          }
        } catch (NoSuchFileException e) {
          // It has gone already.
        }
      }
    }
  }

  private static byte[] manifest(Stage stage) {
    StringBuilder text = new StringBuilder(FORM);
    text.append("\nstarted ").append(stage.startedOn());
    text.append("\nfinished ").append(stage.finishedOn()).append('\n');
    for (StageFile file : stage.files()) {
      text.append(file.digest()).append(' ').append(file.size()).append(' ');
      text.append(file.output().file()).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Stage parse(byte[] manifest, Path folder, Wanted in)
      throws MalformedInputException {
    BootstrapPlan plan = in.plan();
    List<String> lines = new String(manifest, StandardCharsets.UTF_8).lines().toList();
    if (lines.size() != 3 + plan.outputs().size() || !lines.get(0).equals(FORM)) {
      throw new MalformedInputException("expected a manifest '" + FORM + "', found another file");
    }
    Map<String, String> files = new HashMap<>();
    for (String line : lines.subList(3, lines.size())) {
      files.put(line.substring(line.lastIndexOf(' ') + 1), line);
    }
    List<StageFile> read = new ArrayList<>();
    for (PlanOutput output : plan.outputs()) {
      String[] words = files.getOrDefault(output.file(), "").split(" ", -1);
      if (words.length != 3 || !words[1].matches("[0-9]{1,15}")) {
        throw new MalformedInputException("expected " + output.file() + " in the manifest");
      }
      read.add(new StageFile(output, Sha256.parse(words[0]), Long.parseLong(words[1])));
    }
    return new Stage(
        in.number(),
        plan.sources(),
        folder,
        read,
        in.environment(),
        in.libcDev(),
        Rfc3339.parse(value(lines.get(1), "started ")),
        Rfc3339.parse(value(lines.get(2), "finished ")));
  }

  private static String value(String line, String key) throws MalformedInputException {
    if (!line.startsWith(key)) {
      throw new MalformedInputException("expected a line '" + key + "…'");
    }
    return line.substring(key.length());
  }

  static Sha256 digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return Sha256.of(in);
    }
  }
}
