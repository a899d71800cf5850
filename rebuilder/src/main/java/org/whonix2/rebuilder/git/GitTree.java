package org.whonix2.rebuilder.git;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.statement.GitId;
import org.whonix2.core.statement.GitSource;
import org.whonix2.core.statement.GitSubmodule;
import org.whonix2.core.statement.GitUrl;
import org.whonix2.io.cli.CommandException;

/** All files of a commit and of its submodules, each in its place. */
final class GitTree {
  private static final int MAX_TREE_BYTES = 16 << 20;
  private static final int MAX_PATH_BYTES = 1000;
  private static final int DEEPEST = 100;
  private static final int DEEPEST_SUBMODULE = 5;
  private static final int SUBMODULE_MODE = 0160000;

  private final Transfer transfer;
  private final List<GitRepository> opened;
  private final List<Entry> entries = new ArrayList<>();
  private final List<GitSubmodule> submodules = new ArrayList<>();
  private long bytes;

  /** What an entry is. */
  enum Kind {
    FILE,
    EXECUTABLE,
    LINK,
    FOLDER
  }

  /**
   * One of a tree.
   *
   * @param path from the uppermost root
   * @param repository that has its content
   * @param size of its content in bytes; none of a folder
   */
  record Entry(String path, Kind kind, GitRepository repository, ObjectId id, long size) {
    boolean isFile() {
      return kind == Kind.FILE || kind == Kind.EXECUTABLE;
    }

    /** Its content, as it is: nothing is converted. */
    ObjectLoader content() throws IOException, MalformedInputException {
      ObjectLoader content = repository.open(id, Constants.OBJ_BLOB);
      if (content.getSize() != size) {
        throw new MalformedInputException(
            path + ": expected " + size + " bytes, found " + content.getSize());
      }
      return content;
    }
  }

  private GitTree(Transfer transfer, List<GitRepository> opened) {
    this.transfer = transfer;
    this.opened = opened;
  }

  /**
   * Reads a tree and fetches its submodules.
   *
   * @param opened gets the submodules' repositories, to be closed when the entries are read
   */
  static GitTree read(
      GitRepository repository, GitId tree, Transfer transfer, List<GitRepository> opened)
      throws IOException, CommandException, MalformedInputException {
    GitTree read = new GitTree(transfer, opened);
    read.add(repository, tree, "", 0);
    read.entries.sort(
        Comparator.comparing(entry -> inOrder(entry.path()), Arrays::compareUnsigned));
    for (int i = 1; i < read.entries.size(); i++) {
      if (read.entries.get(i - 1).path().equals(read.entries.get(i).path())) {
        throw new MalformedInputException(
            "expected each path once, found twice: " + Quoted.of(read.entries.get(i).path()));
      }
    }
    read.submodules.sort(Comparator.comparing(GitSubmodule::path));
    return read;
  }

  /** A slash counts as less than whatever a name may have: what is in a folder follows it. */
  private static byte[] inOrder(String path) {
    return path.replace('/', '\0').getBytes(StandardCharsets.UTF_8);
  }

  /** Sorted by the bytes of their paths, so that all that is in a folder follows it at once. */
  List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** Sorted by path. */
  List<GitSubmodule> submodules() {
    return List.copyOf(submodules);
  }

  /** The plain file at this path, if there is one. */
  Optional<Entry> file(String path) {
    return entries.stream().filter(each -> each.isFile() && each.path().equals(path)).findFirst();
  }

  private void add(GitRepository repository, GitId tree, String prefix, int nesting)
      throws IOException, CommandException, MalformedInputException {
    ObjectId root = ObjectId.fromString(tree.hex());
    Modules modules = modules(repository, root, prefix);
    new Walk(repository, modules, prefix, nesting).walk(root, prefix, 0);
  }

  private static Modules modules(GitRepository repository, ObjectId root, String prefix)
      throws IOException, MalformedInputException {
    CanonicalTreeParser tree = new CanonicalTreeParser();
    for (tree.reset(repository.read(root, Constants.OBJ_TREE, MAX_TREE_BYTES));
        !tree.eof();
        tree.next(1)) {
      if (tree.getEntryPathString().equals(Modules.NAME)) {
        if (kind(tree.getEntryRawMode()).filter(Kind.FILE::equals).isEmpty()) {
          throw new MalformedInputException(
              prefix + Modules.NAME + ": expected a plain file, found something else");
        }
        byte[] file =
            repository.read(tree.getEntryObjectId(), Constants.OBJ_BLOB, Modules.MAX_BYTES);
        return Modules.parse(file);
      }
    }
    return Modules.none();
  }

  /** Git's modes; the second of plain files is of its first years. */
  private static Optional<Kind> kind(int mode) {
    return switch (mode) {
      case 0100644, 0100664 -> Optional.of(Kind.FILE);
      case 0100755 -> Optional.of(Kind.EXECUTABLE);
      case 0120000 -> Optional.of(Kind.LINK);
      case 0040000 -> Optional.of(Kind.FOLDER);
      default -> Optional.empty();
    };
  }

  /** Goes through one repository's trees. */
  private final class Walk {
    private final GitRepository repository;
    private final Modules modules;
    private final String root;
    private final int nesting;

    Walk(GitRepository repository, Modules modules, String root, int nesting) {
      this.repository = repository;
      this.modules = modules;
      this.root = root;
      this.nesting = nesting;
    }

    void walk(ObjectId tree, String prefix, int depth)
        throws IOException, CommandException, MalformedInputException {
      if (depth > DEEPEST) {
        throw new MalformedInputException(
            "expected folders at most " + DEEPEST + " deep, found deeper ones");
      }
      CanonicalTreeParser parser = new CanonicalTreeParser();
      parser.reset(repository.read(tree, Constants.OBJ_TREE, MAX_TREE_BYTES));
      for (; !parser.eof(); parser.next(1)) {
        String path = prefix + name(parser);
        if (path.getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
          throw new MalformedInputException(
              "expected paths of at most " + MAX_PATH_BYTES + " bytes, found " + Quoted.of(path));
        }
        int mode = parser.getEntryRawMode();
        ObjectId id = parser.getEntryObjectId();
        if (mode == SUBMODULE_MODE) {
          addEntry(path, Kind.FOLDER, id);
          addSubmodule(path, id);
          continue;
        }
        Kind kind =
            kind(mode)
                .orElseThrow(
                    () ->
                        new MalformedInputException(
                            Quoted.of(path)
                                + ": expected a file, link or folder, found mode "
                                + Integer.toOctalString(mode)));
        addEntry(path, kind, id);
        if (kind == Kind.FOLDER) {
          walk(id, path + "/", depth + 1);
        }
      }
    }

    private void addEntry(String path, Kind kind, ObjectId id)
        throws IOException, CommandException, MalformedInputException {
      repository.check();
      long size = kind == Kind.FOLDER ? 0 : repository.size(id);
      bytes += size;
      GitLimits limits = transfer.limits();
      if (entries.size() >= limits.entries() || bytes > limits.archive()) {
        throw new MalformedInputException(
            "too large: expected at most "
                + limits.entries()
                + " files and folders with "
                + limits.archive()
                + " bytes, found more");
      }
      entries.add(new Entry(path, kind, repository, id, size));
    }

    /** The commit in the tree decides, whatever its repository has become. */
    private void addSubmodule(String path, ObjectId commit)
        throws IOException, CommandException, MalformedInputException {
      if (nesting >= DEEPEST_SUBMODULE || submodules.size() >= GitSource.MOST_SUBMODULES) {
        throw new MalformedInputException(
            "expected at most "
                + GitSource.MOST_SUBMODULES
                + " submodules, at most "
                + DEEPEST_SUBMODULE
                + " deep, found more");
      }
      GitSubmodule.checkedPath(path);
      GitUrl url = modules.url(path.substring(root.length()), repository.url());
      GitRepository inner = GitRepository.create(url, transfer, "submodule-" + submodules.size());
      opened.add(inner);
      inner.fetchCommit(commit);
      Commit parsed = Commit.parse(inner.read(commit, Constants.OBJ_COMMIT, Commit.MAX_BYTES));
      submodules.add(new GitSubmodule(path, url, GitId.parse(commit.name()), parsed.tree()));
      add(inner, parsed.tree(), path + "/", nesting + 1);
    }
  }

  private static String name(CanonicalTreeParser parser) throws MalformedInputException {
    byte[] bytes = Arrays.copyOf(parser.getEntryPathBuffer(), parser.getEntryPathLength());
    String name;
    try {
      name = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedInputException("expected file names in UTF-8", e);
    }
    // JGit has refused such trees when it received them.
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.equalsIgnoreCase(".git")
        || name.indexOf('/') >= 0
        || name.indexOf('\0') >= 0) {
      throw new MalformedInputException("expected a plain file name, found " + Quoted.of(name));
    }
    return name;
  }
}
