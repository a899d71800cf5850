package org.whonix2.rebuilder.repository;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SecretKey;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.process.Programs;

/** A repository in its folder, there or yet to be made. */
public final class Repository {
  /** The certificate of the key that signs it. */
  public static final String KEY_FILE = "repository-key.pgp";

  private static final String STAGING = ".new";
  private static final String DEBUG_SUFFIX = "-dbgsym";

  private final RepositorySettings settings;
  private final TrustedRebuilders rebuilders;
  private final SecretKey key;
  private final Programs programs;

  /** The repository's key must not be a rebuilder's. */
  public Repository(
      RepositorySettings settings, TrustedRebuilders rebuilders, SecretKey key, Programs programs)
      throws CommandException {
    Fingerprint fingerprint = key.certificate().fingerprint();
    if (rebuilders.has(fingerprint)) {
      throw new CommandException(
          ExitCode.USAGE,
          "key " + fingerprint + " is a rebuilder's: whoever takes one must not have both",
          "make one for the repository: whonix2-rebuilder keygen --operator NAME --out DIR");
    }
    this.settings = settings;
    this.rebuilders = rebuilders;
    this.key = key;
    this.programs = programs;
  }

  /**
   * What a repository holds now.
   *
   * @param packages by where they lie, from its folder on
   * @param added where those lie that were not there before
   * @param leftOut attested packages that hold debug symbols alone
   */
  public record Published(
      SortedMap<String, BinaryArtifact> packages,
      Set<String> added,
      List<BinaryArtifact> leftOut,
      Set<String> architectures,
      Instant validUntil) {
    public Published {
      added = Set.copyOf(added);
      leftOut = List.copyOf(leftOut);
    }
  }

  /**
   * Verifies what is there and what is to come, and publishes both.
   *
   * @param folders what rebuilds left; none to renew what is there
   * @throws CommandException if anything is refused; nothing has changed then
   */
  public Published publish(List<Path> folders, Instant now)
      throws IOException, CommandException, MalformedInputException {
    requireProgram();
    AtomicFiles.createFolders(settings.folder());
    WriterLock lock = WriterLock.take(settings.folder());
    try {
      requireSameKey();
      Path staging = settings.folder().resolve(STAGING);
      remove(staging);
      try {
        Files.createDirectory(staging);
        return publish(folders, staging, now);
      } finally {
        remove(staging);
      }
    } finally {
      lock.close();
    }
  }

  private Published publish(List<Path> folders, Path staging, Instant now)
      throws IOException, CommandException, MalformedInputException {
    Evidence evidence = new Evidence(settings.suite());
    KeptAttestations kept = KeptAttestations.of(settings.folder(), settings.suite());
    kept.readInto(evidence, rebuilders, now);
    StagedPool pool = new StagedPool(settings.folder(), staging);
    pool.keep(settings.suite(), evidence);
    List<TrustedRebuilders.Attested> fresh = new ArrayList<>();
    List<BinaryArtifact> leftOut = new ArrayList<>();
    for (Path folder : folders) {
      programs.check();
      RebuiltFolder rebuilt = RebuiltFolder.open(folder, rebuilders, now);
      evidence.add(rebuilt.attested().statement());
      for (BinaryArtifact artifact : rebuilt.attested().statement().artifacts()) {
        if (!settings.debug() && artifact.identity().name().value().endsWith(DEBUG_SUFFIX)) {
          StagedPool.check(rebuilt.file(artifact), artifact);
          leftOut.add(artifact);
        } else {
          String path = evidence.path(rebuilt.attested().statement(), artifact.identity());
          pool.add(rebuilt.file(artifact), path, artifact);
        }
      }
      fresh.add(rebuilt.attested());
    }
    if (pool.packages().isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          settings.folder() + ": there would be no package in the repository",
          "give folders that rebuilds left");
    }
    Set<String> architectures = new TreeSet<>();
    pool.packages().keySet().forEach(path -> architectures.addAll(evidence.architectures(path)));
    Indices indices = new Indices(staging, settings, programs);
    ReleaseText release = indices.write(architectures, pool.packages());
    SignedRelease signed = release.sign(key, now);
    programs.check();

    Publication publication = new Publication(settings, staging);
    Publication.certificate(settings.folder().resolve(KEY_FILE), key);
    for (TrustedRebuilders.Attested attested : fresh) {
      kept.keep(attested);
    }
    publication.packages(pool.added());
    publication.release(signed, architectures, now);
    return new Published(
        pool.packages(), Set.copyOf(pool.added()), leftOut, architectures, release.validUntil());
  }

  private static void requireProgram() throws CommandException {
    if (!Programs.isInstalled(Indices.PROGRAM)) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          "a repository's indices need " + Indices.PROGRAM,
          "apt-get install --no-install-recommends " + Indices.PROGRAM_PACKAGE);
    }
  }

  /** Every box that reads the repository knows it by its key: a wrong one would lock them out. */
  private void requireSameKey() throws IOException, CommandException, MalformedInputException {
    Path file = settings.folder().resolve(KEY_FILE);
    Optional<byte[]> before = AtomicFiles.readIfPresent(file, Certificate.MAX_BYTES);
    if (before.isEmpty()) {
      return;
    }
    Fingerprint signer;
    try {
      signer = Certificate.parse(before.get()).fingerprint();
    } catch (MalformedInputException e) {
      throw e.at(file.toString());
    }
    Fingerprint given = key.certificate().fingerprint();
    if (!signer.equals(given)) {
      throw new CommandException(
          ExitCode.USAGE,
          settings.folder() + ": expected key " + signer + " that signed it before, found " + given,
          "to sign by another key, which readers have to be told, remove " + file);
    }
  }

  /** The staging folder is ours alone; links in it are removed, not followed. */
  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
