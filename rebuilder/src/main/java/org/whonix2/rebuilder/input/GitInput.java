package org.whonix2.rebuilder.input;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Signer;
import org.whonix2.core.openpgp.SignerSearch;
import org.whonix2.core.statement.Binaries;
import org.whonix2.core.statement.GitSource;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.git.GitLimits;
import org.whonix2.rebuilder.git.SignedTree;
import org.whonix2.rebuilder.git.TagFetch;
import org.whonix2.rebuilder.sandbox.Recipe;
import org.whonix2.rebuilder.sandbox.RootContents;
import org.whonix2.rebuilder.sandbox.Unpacking;
import org.whonix2.rebuilder.sandbox.Variant;

/**
 * A Debian source that is kept in Git, at a tag whose signer is known. No archive vouches for it,
 * so without that signature there is nothing to build.
 */
final class GitInput {
  private static final int MAX_CONTROL_BYTES = 1 << 20;
  private static final String CHANGELOG = "debian/changelog";
  private static final String CONTROL = "debian/control";

  private final Fetching fetching;
  private final GitLimits limits;

  GitInput(Fetching fetching, GitLimits limits) {
    this.fetching = fetching;
    this.limits = limits;
  }

  BuildInput fetch(Input.Git asked) throws IOException, CommandException, MalformedInputException {
    Path folder = fetching.aside().resolve("git");
    try (TagFetch fetched =
        TagFetch.fetch(asked.url(), asked.tag(), folder, limits, fetching.programs())) {
      return packed(asked, fetched.tree(signer(asked, fetched)));
    }
  }

  private Signer signer(Input.Git asked, TagFetch fetched)
      throws IOException, CommandException, MalformedInputException {
    SignerSearch search = new SignerSearch(List.of(fetched.signature()));
    if (asked.signers().isPresent()) {
      SignerKeyring.search(asked.signers().get(), search);
    } else {
      UploaderKeyrings.fetch(fetching.apt(), fetching.aside(), fetching.kept()).search(search);
    }
    SignerSearch.Result result = search.result(fetching.now());
    if (result instanceof SignerSearch.Result.Found found) {
      return found.signer();
    }
    throw new CommandException(
        ExitCode.REFUSED,
        asked.url()
            + ": tag '"
            + asked.tag()
            + "': "
            + (asked.signers().isPresent() ? "none of its signers" : "no known uploader")
            + " signed it: "
            + ((SignerSearch.Result.Nobody) result).reason(),
        asked.signers().isPresent()
            ? "--tag-signers has the certificates of those who may sign"
            : "--tag-signers KEYRING names others than Debian's uploaders");
  }

  private BuildInput packed(Input.Git asked, SignedTree tree)
      throws IOException, CommandException, MalformedInputException {
    ChangelogHead head = ChangelogHead.parse(tree.start(CHANGELOG, ChangelogHead.MAX_BYTES));
    if (asked.expected().isPresent()) {
      requireExpected(asked.expected().get(), head);
    }
    Path control =
        Files.createDirectories(fetching.aside().resolve("packaging/debian")).resolve("control");
    Files.write(control, control(tree, head));
    Optional<Variant> variant = fetching.variant(head.name(), head.version());
    Binaries binaries = variant.isPresent() ? Binaries.ANY : Binaries.BINARY;
    String file = GitSource.fileName(head.name(), head.version());
    Sha256 archive = tree.writeArchive(fetching.sources().resolve(file));
    return new BuildInput(
        new GitSource(
            head.name(),
            head.version(),
            asked.url(),
            asked.tag(),
            tree.commit(),
            tree.tree(),
            tree.submodules(),
            archive),
        fetching.sources(),
        control,
        Optional.of(tree.signer()),
        Optional.empty(),
        new RootContents.BuildDependencies(fetching.toolchain().packageNames(), control, binaries),
        new Recipe(
            new Unpacking.Archive(file),
            head.name() + "-" + head.version().upstream(),
            Optional.empty(),
            variant,
            binaries,
            Recipe.USUAL_OPTIONS),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  private static void requireExpected(SourceRequest expected, ChangelogHead head)
      throws CommandException {
    boolean otherVersion =
        expected.version().filter(each -> !each.equals(head.version())).isPresent();
    if (!expected.name().equals(head.name()) || otherVersion) {
      throw new CommandException(
          ExitCode.REFUSED,
          "expected the source "
              + expected
              + " at this tag, found "
              + head.name()
              + "="
              + head.version());
    }
  }

  /** The file, once it is known to be about the same source. */
  private static byte[] control(SignedTree tree, ChangelogHead head)
      throws IOException, MalformedInputException {
    byte[] bytes = tree.whole(CONTROL, MAX_CONTROL_BYTES);
    try {
      List<Deb822> paragraphs =
          Deb822.parseAll(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      String source = paragraphs.isEmpty() ? "" : paragraphs.get(0).require("Source");
      if (!source.equals(head.name().toString())) {
        throw new MalformedInputException(
            "expected Source "
                + head.name()
                + " as in "
                + CHANGELOG
                + ", found "
                + Quoted.of(source));
      }
      return bytes;
    } catch (CharacterCodingException e) {
      throw new MalformedInputException(CONTROL + ": expected UTF-8", e);
    } catch (MalformedInputException e) {
      throw e.at(CONTROL);
    }
  }
}
