package org.whonix2.rebuilder.git;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Config;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.statement.GitSubmodule;
import org.whonix2.core.statement.GitUrl;

/**
 * The file .gitmodules of one tree (gitmodules(5)): where the repositories of its submodules are.
 * Of each entry the path and the URL count, and nothing else.
 */
final class Modules {
  static final String NAME = ".gitmodules";
  static final int MAX_BYTES = 64 << 10;

  private static final String SECTION = "submodule";

  private final Map<String, String> urls;

  private Modules(Map<String, String> urls) {
    this.urls = urls;
  }

  /** Of a tree without such a file. */
  static Modules none() {
    return new Modules(Map.of());
  }

  static Modules parse(byte[] file) throws MalformedInputException {
    Config config = new Config();
    try {
      config.fromText(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString());
    } catch (CharacterCodingException | ConfigInvalidException | RuntimeException e) {
      throw new MalformedInputException(
          NAME + ": expected a readable file: " + Quoted.message(e), e);
    }
    Map<String, String> urls = new LinkedHashMap<>();
    for (String name : config.getSubsections(SECTION)) {
      String path = only(config, name, "path");
      try {
        GitSubmodule.checkedPath(path);
      } catch (MalformedInputException e) {
        throw e.at(NAME);
      }
      if (urls.put(path, only(config, name, "url")) != null) {
        throw new MalformedInputException(
            NAME + ": expected one entry of path " + Quoted.of(path) + ", found two");
      }
    }
    return new Modules(urls);
  }

  private static String only(Config config, String name, String member)
      throws MalformedInputException {
    String[] values = config.getStringList(SECTION, name, member);
    if (values.length != 1 || values[0] == null) {
      throw new MalformedInputException(
          NAME
              + ": expected one "
              + member
              + " of submodule "
              + Quoted.of(name)
              + ", found "
              + values.length);
    }
    return values[0];
  }

  /**
   * Where the submodule at this path is.
   *
   * @param around the URL of the repository that has this file
   */
  GitUrl url(String path, GitUrl around) throws MalformedInputException {
    Optional<String> said = Optional.ofNullable(urls.get(path));
    if (said.isEmpty()) {
      throw new MalformedInputException(
          NAME + ": expected an entry of path " + Quoted.of(path) + ", found none");
    }
    String text = said.get();
    try {
      boolean relative = text.startsWith("./") || text.startsWith("../");
      GitUrl url = relative ? resolved(text, around) : GitUrl.parse(text);
      if (url.isLocal() && !around.isLocal()) {
        throw new MalformedInputException("expected a URL of a server, found " + url);
      }
      return url;
    } catch (MalformedInputException e) {
      throw e.at(NAME + ": submodule " + path);
    }
  }

  /** By names, as Git does it: the repository's own name is the last. */
  private static GitUrl resolved(String relative, GitUrl around) throws MalformedInputException {
    String base = around.toString();
    int root = base.indexOf('/', base.indexOf("://") + "://".length());
    Deque<String> names = new ArrayDeque<>(Arrays.asList(base.substring(root + 1).split("/", -1)));
    List<String> steps = List.of(relative.split("/", -1));
    for (String step : steps) {
      if (step.equals("..")) {
        if (names.pollLast() == null) {
          throw new MalformedInputException(
              "expected a URL on the server, found " + Quoted.of(relative));
        }
      } else if (!step.equals(".")) {
        names.addLast(step);
      }
    }
    return GitUrl.parse(base.substring(0, root + 1) + String.join("/", names));
  }
}
