package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;

/**
 * What a rebuild needed and its other parameters do not name: the source once more, its submodules
 * and the .buildinfo that it followed.
 *
 * @param recordedBuildinfo digest of the latter
 */
record Resolved(List<GitSubmodule> submodules, Optional<Sha256> recordedBuildinfo) {
  /** Not the name that any build gives its .buildinfo. */
  private static final String RECORDED = "recorded.buildinfo";

  Resolved {
    submodules = List.copyOf(submodules);
  }

  /** Whether a rebuild has more of it than its source. */
  static boolean isMoreThanSource(Rebuild rebuild) {
    return rebuild.recordedBuildinfo().isPresent() || !submodules(rebuild.source()).isEmpty();
  }

  private static List<GitSubmodule> submodules(RebuildSource source) {
    return source instanceof GitSource git ? git.submodules() : List.of();
  }

  static void write(ArrayNode resolved, Rebuild rebuild) {
    SourceDigest.write(
        resolved.addObject().put("name", rebuild.source().fileName()), rebuild.source());
    for (GitSubmodule submodule : submodules(rebuild.source())) {
      ObjectNode node = resolved.addObject();
      node.put("name", submodule.path()).put("uri", submodule.toUri());
      ObjectNode digest = node.putObject("digest");
      digest
          .put(SourceDigest.COMMIT, submodule.commit().hex())
          .put(SourceDigest.TREE, submodule.tree().hex());
    }
    rebuild
        .recordedBuildinfo()
        .ifPresent(
            digest -> Descriptors.writeDigest(resolved.addObject().put("name", RECORDED), digest));
  }

  /**
   * Reads what {@link #write} writes, of a source whose submodules are not known yet.
   *
   * @param resolved none at all, where a statement names only what is more than the source
   */
  static Resolved read(List<JsonFields> resolved, RebuildSource source)
      throws MalformedInputException {
    List<GitSubmodule> submodules = new ArrayList<>();
    Optional<Sha256> recorded = Optional.empty();
    for (int i = 0; i < resolved.size(); i++) {
      JsonFields each = resolved.get(i);
      if (i == 0) {
        SourceDigest.expectSame(each, source);
      } else if (source instanceof GitSource && each.optionalString("uri").isPresent()) {
        submodules.add(readSubmodule(each));
      } else if (i == resolved.size() - 1) {
        each.constant("name", RECORDED);
        recorded = Optional.of(Descriptors.readDigest(each));
      } else {
        throw each.unexpected("name", "a source, its submodules and " + RECORDED);
      }
      each.end();
    }
    return new Resolved(submodules, recorded);
  }

  private static GitSubmodule readSubmodule(JsonFields fields) throws MalformedInputException {
    String path = fields.parsed("name", GitSubmodule::checkedPath);
    JsonFields digest = fields.object("digest");
    GitId commit = digest.parsed(SourceDigest.COMMIT, GitId::parse);
    GitId tree = digest.parsed(SourceDigest.TREE, GitId::parse);
    digest.end();
    String end = "@" + commit;
    String uri = fields.string("uri");
    if (!GitLocation.looksSo(uri) || !uri.endsWith(end)) {
      throw fields.unexpected("uri", "git+URL" + end);
    }
    String url = uri.substring(GitUrl.SCHEME.length(), uri.length() - end.length());
    return new GitSubmodule(path, fields.parsed("uri", text -> GitUrl.parse(url)), commit, tree);
  }
}
