package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.json.JsonFields;

/** The DigestSet of a source: its SHA-256 and, of one in Git, what Git calls it. */
final class SourceDigest {
  static final String COMMIT = "gitCommit";
  static final String TREE = "gitTree";

  private SourceDigest() {}

  /** Checks that the source stands there again. */
  static void expectSame(JsonFields descriptor, RebuildSource source)
      throws MalformedInputException {
    descriptor.constant("name", source.fileName());
    JsonFields digest = descriptor.object("digest");
    boolean same = digest.sha256("sha256").equals(source.digest());
    if (source instanceof GitSource git) {
      same &= digest.parsed(COMMIT, GitId::parse).equals(git.commit());
      same &= digest.parsed(TREE, GitId::parse).equals(git.tree());
    }
    digest.end();
    if (!same) {
      throw descriptor.unexpected("digest", "the digest that externalParameters has of it");
    }
  }

  /** What Git calls it stands beside the SHA-256. */
  static void write(ObjectNode owner, RebuildSource source) {
    ObjectNode digest = owner.putObject("digest").put("sha256", source.digest().toString());
    if (source instanceof GitSource git) {
      digest.put(COMMIT, git.commit().hex()).put(TREE, git.tree().hex());
    }
  }

  /** Reads a source in Git but for its submodules: {@code package} and {@code digest}. */
  static GitSource readGit(JsonFields fields, GitLocation location, DebPurl named)
      throws MalformedInputException {
    JsonFields digest = fields.object("digest");
    GitSource source =
        new GitSource(
            named.name(),
            named.version(),
            location.url(),
            location.tag(),
            digest.parsed(COMMIT, GitId::parse),
            digest.parsed(TREE, GitId::parse),
            List.of(),
            digest.sha256("sha256"));
    digest.end();
    return source;
  }
}
