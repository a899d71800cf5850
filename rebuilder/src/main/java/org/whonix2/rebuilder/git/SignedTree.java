package org.whonix2.rebuilder.git;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.GitId;
import org.whonix2.core.statement.GitSubmodule;
import org.whonix2.io.cli.CommandException;

/** All files of a commit that a known signer's tag names; readable while the fetch is open. */
public final class SignedTree {
  private final Fingerprint signer;
  private final GitId id;
  private final Commit commit;
  private final GitTree tree;

  SignedTree(Fingerprint signer, GitId id, Commit commit, GitTree tree) {
    this.signer = signer;
    this.id = id;
    this.commit = commit;
    this.tree = tree;
  }

  /** The primary fingerprint of who signed the tag. */
  public Fingerprint signer() {
    return signer;
  }

  public GitId commit() {
    return id;
  }

  public GitId tree() {
    return commit.tree();
  }

  /** Sorted by path. */
  public List<GitSubmodule> submodules() {
    return tree.submodules();
  }

  /**
   * The first bytes of a plain file.
   *
   * @param most how many at most
   * @throws MalformedInputException if there is no plain file at this path
   */
  public byte[] start(String path, int most) throws IOException, MalformedInputException {
    try (InputStream in = file(path).content().openStream()) {
      return in.readNBytes(most);
    }
  }

  /**
   * A whole plain file.
   *
   * @throws MalformedInputException if there is none of at most this size at this path
   */
  public byte[] whole(String path, int most) throws IOException, MalformedInputException {
    GitTree.Entry file = file(path);
    if (file.size() > most) {
      throw new MalformedInputException(
          path + ": expected at most " + most + " bytes, found " + file.size());
    }
    return start(path, most);
  }

  private GitTree.Entry file(String path) throws MalformedInputException {
    return tree.file(path)
        .orElseThrow(
            () -> new MalformedInputException(path + ": expected a plain file, found none"));
  }

  /** Writes everything into one new tar file, and gives its digest. */
  public Sha256 writeArchive(Path file)
      throws IOException, CommandException, MalformedInputException {
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW), 1 << 16)) {
      TreeArchive.write(tree.entries(), commit.seconds(), out);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Sha256.of(in);
    }
  }
}
