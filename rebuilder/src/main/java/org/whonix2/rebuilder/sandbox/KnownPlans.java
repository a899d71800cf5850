package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.apt.AptRoot;

/**
 * Which layers apt's simulation asked for last time. It is a function of the signed Release files,
 * the sources, the wanted packages and the .dsc or debian/control: while none of them changed, it
 * need not be run again. A file {@code roots/plans/DIGEST} has the layers' keys, one a line.
 */
final class KnownPlans {
  private static final int MAX_BYTES = 4096;
  private static final int MAX_RELEASE_BYTES = 16 << 20;

  private final Path folder;

  KnownPlans(Path roots) {
    this.folder = roots.resolve("plans");
  }

  /** The digest over all that decides. */
  static Sha256 question(AptRoot apt, RootContents.Current wanted, SubIds ids)
      throws IOException, CommandException, MalformedInputException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Optional<Path> control = wanted.control();
    String text =
        String.join(
            "\n",
            "whonix2 plan 4",
            apt.suite(),
            apt.architecture().toString(),
            ids.toString(),
            String.join(" ", wanted.packages()),
            wanted.kind(),
            control.isEmpty() ? "-" : digest(control.get(), MAX_RELEASE_BYTES).toString(),
            digest(apt.sources(), MAX_RELEASE_BYTES).toString());
    all.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    TreeSet<Path> releases = new TreeSet<>();
    try (DirectoryStream<Path> lists =
        Files.newDirectoryStream(apt.lists(), "*_{InRelease,Release}")) {
      lists.forEach(releases::add);
    }
    for (Path release : releases) {
      String line = "\n" + release.getFileName() + " " + digest(release, MAX_RELEASE_BYTES);
      all.writeBytes(line.getBytes(StandardCharsets.UTF_8));
    }
    return Sha256.of(all.toByteArray());
  }

  private static Sha256 digest(Path file, int limit) throws IOException, MalformedInputException {
    return Sha256.of(AtomicFiles.read(file, limit));
  }

  /** The layers' keys, the lowest first; empty if the question is new. */
  Optional<List<Sha256>> answer(Sha256 question) throws IOException {
    Optional<byte[]> known =
        AtomicFiles.readIfPresent(folder.resolve(question.toString()), MAX_BYTES);
    if (known.isEmpty()) {
      return Optional.empty();
    }
    List<Sha256> keys = new ArrayList<>();
    try {
      for (String line : new String(known.get(), StandardCharsets.UTF_8).lines().toList()) {
        keys.add(Sha256.parse(line));
      }
    } catch (MalformedInputException e) {
      return Optional.empty();
    }
    return keys.isEmpty() ? Optional.empty() : Optional.of(keys);
  }

  void keep(Sha256 question, List<Sha256> keys) throws IOException {
    Files.createDirectories(folder);
    StringBuilder text = new StringBuilder();
    keys.forEach(key -> text.append(key).append('\n'));
    AtomicFiles.replace(
        folder.resolve(question.toString()), text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Removes what was learnt before this. */
  void forget(Instant before) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        try {
          if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
            Files.deleteIfExists(file);
          }
        } catch (NoSuchFileException e) {
          // Another job forgot it.
        }
      }
    }
  }
}
