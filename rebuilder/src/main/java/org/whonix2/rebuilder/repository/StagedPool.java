package org.whonix2.rebuilder.repository;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.DebFile;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;

/**
 * The pool as it will be, beside the one that is: links to what stays, and copies of what comes.
 */
final class StagedPool {
  /** The most packages a repository may have. */
  static final int MOST = 200_000;

  private final Path folder;
  private final Path staging;
  private final SortedMap<String, BinaryArtifact> packages = new TreeMap<>();
  private final Map<String, String> paths = new HashMap<>();
  private final List<String> added = new ArrayList<>();

  /**
   * @param folder the repository's
   * @param staging on the same file system
   */
  StagedPool(Path folder, Path staging) {
    this.folder = folder;
    this.staging = staging;
  }

  /** By where they lie, from the repository's folder on. */
  SortedMap<String, BinaryArtifact> packages() {
    return Collections.unmodifiableSortedMap(packages);
  }

  /** Where those lie that are not in the repository yet. */
  List<String> added() {
    return Collections.unmodifiableList(added);
  }

  /**
   * Reads what is in the repository's pool already; all of it must be attested.
   *
   * @throws CommandException if something is not
   */
  void keep(String suite, Evidence evidence)
      throws IOException, CommandException, MalformedInputException {
    for (Path file : files(folder.resolve("pool").resolve(suite))) {
      String path = folder.relativize(file).toString();
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || packages.size() >= MOST) {
        throw new CommandException(
            ExitCode.REFUSED,
            file + ": expected at most " + MOST + " plain files in the pool, found another");
      }
      Path staged = makeParent(staging.resolve(path));
      Files.createLink(staged, file);
      BinaryArtifact artifact = read(staged, file);
      if (!evidence.names(path, artifact)) {
        throw new CommandException(
            ExitCode.REFUSED,
            file
                + ": no attestation in the repository says that "
                + artifact.identity()
                + " with SHA-256 "
                + artifact.digest()
                + " belongs there",
            "remove the file, or give the folder of its rebuild after that");
      }
      register(path, artifact);
    }
  }

  /** Sorted; nothing where there is no such folder. */
  private static List<Path> files(Path pool) throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.exists(pool, LinkOption.NOFOLLOW_LINKS)) {
      Files.walkFileTree(
          pool,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              files.add(file);
              return files.size() > MOST ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
            }
          });
    }
    Collections.sort(files);
    return files;
  }

  /**
   * Takes a package in, unless it is there already; the bits that count are those of our copy.
   *
   * @param attested what they must be
   * @throws CommandException if they are not, or if others have this file name
   */
  void add(Path file, String path, BinaryArtifact attested)
      throws IOException, CommandException, MalformedInputException {
    String name = attested.identity().fileName();
    Optional<String> before = Optional.ofNullable(paths.get(name));
    if (before.isPresent()) {
      BinaryArtifact there = packages.get(before.get());
      if (!attested.equals(there)) {
        throw new CommandException(
            ExitCode.REFUSED,
            file
                + ": the repository has other bits under this name: expected SHA-256 "
                + (there == null ? "" : there.digest())
                + ", found "
                + attested.digest(),
            "variants of one version need a suite each: --suite");
      }
      check(file, attested);
      return;
    }
    if (packages.size() >= MOST) {
      throw new CommandException(
          ExitCode.REFUSED, "expected at most " + MOST + " packages in a repository");
    }
    requireSize(file, attested);
    Path staged = makeParent(staging.resolve(path));
    copy(file, staged);
    require(file, attested, read(staged, file));
    register(path, attested);
    added.add(path);
  }

  /** Whether a file has the attested bits, and is what it is attested to be. */
  static void check(Path file, BinaryArtifact attested)
      throws IOException, CommandException, MalformedInputException {
    requireSize(file, attested);
    require(file, attested, read(file, file));
  }

  private void register(String path, BinaryArtifact artifact) {
    packages.put(path, artifact);
    paths.put(artifact.identity().fileName(), path);
  }

  /** Before gigabytes are read. */
  private static void requireSize(Path file, BinaryArtifact attested)
      throws IOException, CommandException {
    long size = Files.size(file);
    if (size != attested.size()) {
      throw new CommandException(
          ExitCode.REFUSED,
          file + ": expected the attested size " + attested.size() + ", found " + size);
    }
  }

  private static void require(Path file, BinaryArtifact attested, BinaryArtifact found)
      throws CommandException {
    if (!found.digest().equals(attested.digest())) {
      throw new CommandException(
          ExitCode.REFUSED,
          file
              + ": expected the attested SHA-256 "
              + attested.digest()
              + ", found "
              + found.digest());
    }
    if (!found.equals(attested)) {
      throw new CommandException(
          ExitCode.REFUSED,
          file + ": attested is " + attested.identity() + ", inside is " + found.identity());
    }
  }

  private static BinaryArtifact read(Path file, Path where)
      throws IOException, MalformedInputException {
    try (InputStream in =
        new BufferedInputStream(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS))) {
      return DebFile.read(in);
    } catch (MalformedInputException e) {
      throw e.at(where.toString());
    }
  }

  private static Path makeParent(Path file) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    return file;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (InputStream in = Files.newInputStream(from, LinkOption.NOFOLLOW_LINKS);
        FileChannel channel =
            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      OutputStream out = Channels.newOutputStream(channel);
      in.transferTo(out);
      channel.force(true);
    }
  }
}
