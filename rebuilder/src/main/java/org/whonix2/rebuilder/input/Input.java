package org.whonix2.rebuilder.input;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.statement.Binaries;
import org.whonix2.core.statement.GitTag;
import org.whonix2.core.statement.GitUrl;
import org.whonix2.io.cli.CommandException;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.git.GitLimits;

/** What a user asks to be rebuilt. */
public sealed interface Input {
  /**
   * A source of the archive, with the suite's current build dependencies.
   *
   * @param binaries which of its packages to build; none: all of them, or, where the archive has
   *     them from a binary-only rebuild, what that one built
   */
  record Archived(SourceRequest source, Optional<Binaries> binaries) implements Input {
    public Archived(SourceRequest source) {
      this(source, Optional.empty());
    }

    @Override
    public BuildInput fetch(Fetching fetching)
        throws IOException, CommandException, MalformedInputException {
      return new ArchivedInput(fetching).fetch(source, binaries);
    }
  }

  /**
   * What a .buildinfo records, with exactly the build dependencies that it lists.
   *
   * @param buildinfo the file
   * @param signers a keyring of those who may have signed it; none: it must be allowed to be
   *     unsigned
   */
  record Recorded(Path buildinfo, Optional<Path> signers) implements Input {
    @Override
    public BuildInput fetch(Fetching fetching)
        throws IOException, CommandException, MalformedInputException {
      return new RecordedInput(fetching).fetch(this);
    }
  }

  /**
   * A source that is kept in Git, with the suite's current build dependencies.
   *
   * @param tag annotated and signed
   * @param signers a keyring of those who may have signed it; none: Debian's uploaders
   * @param expected what it must be the source of; a tag's signature names no repository
   */
  record Git(GitUrl url, GitTag tag, Optional<Path> signers, Optional<SourceRequest> expected)
      implements Input {
    public Git(GitUrl url, GitTag tag, Optional<Path> signers) {
      this(url, tag, signers, Optional.empty());
    }

    @Override
    public BuildInput fetch(Fetching fetching)
        throws IOException, CommandException, MalformedInputException {
      return new GitInput(fetching, GitLimits.STANDARD).fetch(this);
    }
  }

  /**
   * Fetches and verifies everything.
   *
   * @throws CommandException if there is no such source, something cannot be had, or is not whose
   *     it must be
   */
  BuildInput fetch(Fetching fetching) throws IOException, CommandException, MalformedInputException;
}
