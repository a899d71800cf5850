package org.whonix2.rebuilder.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.openpgp.SignedDocument;
import org.whonix2.core.openpgp.Signer;
import org.whonix2.core.statement.GitTag;
import org.whonix2.core.statement.GitUrl;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.process.Programs;

/**
 * A tag that was fetched, with whatever it names. First comes the signature; the tree is read only
 * when it is known whose that is.
 */
public final class TagFetch implements AutoCloseable {
  private final Transfer transfer;
  private final GitRepository repository;
  private final SignedTag signed;
  private final List<GitRepository> submodules = new ArrayList<>();

  private TagFetch(Transfer transfer, GitRepository repository, SignedTag signed) {
    this.transfer = transfer;
    this.repository = repository;
    this.signed = signed;
  }

  /**
   * Fetches.
   *
   * @param folder for all repositories, created
   * @param programs say whether we were told to stop
   * @throws CommandException if there is no such tag, it is none that could be signed, or it cannot
   *     be had
   */
  public static TagFetch fetch(
      GitUrl url, GitTag tag, Path folder, GitLimits limits, Programs programs)
      throws IOException, CommandException, MalformedInputException {
    Transfer transfer = new Transfer(Files.createDirectory(folder), limits, programs);
    GitRepository repository = GitRepository.create(url, transfer, "repository");
    boolean done = false;
    try {
      ObjectId object = repository.fetchTag(tag);
      if (repository.type(object) != Constants.OBJ_TAG) {
        throw new CommandException(
            ExitCode.REFUSED,
            url
                + ": expected a signed annotated tag '"
                + tag
                + "', found a lightweight one, which nobody can sign");
      }
      byte[] bytes = repository.read(object, Constants.OBJ_TAG, SignedTag.MAX_BYTES);
      TagFetch fetched = new TagFetch(transfer, repository, signed(url, tag, bytes));
      done = true;
      return fetched;
    } finally {
      if (!done) {
        repository.close();
      }
    }
  }

  private static SignedTag signed(GitUrl url, GitTag tag, byte[] object) throws CommandException {
    try {
      return SignedTag.parse(object, tag);
    } catch (MalformedInputException e) {
      throw new CommandException(
          ExitCode.REFUSED, url + ": tag '" + tag + "': " + Quoted.message(e), null, e);
    }
  }

  /** The signature, for a search through keyrings. */
  public SignedDocument signature() {
    return signed.signature();
  }

  /**
   * Reads what the tag names, and fetches its submodules.
   *
   * @param signer who is known to have signed: nothing of a commit is looked at before
   */
  public SignedTree tree(Signer signer)
      throws IOException, CommandException, MalformedInputException {
    try {
      ObjectId id = ObjectId.fromString(signed.commit().hex());
      Commit commit = Commit.parse(repository.read(id, Constants.OBJ_COMMIT, Commit.MAX_BYTES));
      GitTree tree = GitTree.read(repository, commit.tree(), transfer, submodules);
      return new SignedTree(signer.certificate(), signed.commit(), commit, tree);
    } catch (MalformedInputException e) {
      throw e.at(repository.url().toString());
    }
  }

  @Override
  public void close() {
    submodules.forEach(GitRepository::close);
    repository.close();
  }
}
