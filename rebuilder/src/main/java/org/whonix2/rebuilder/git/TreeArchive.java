package org.whonix2.rebuilder.git;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jgit.lib.ObjectLoader;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.io.cli.CommandException;

/**
 * One file of all files of a tree: a tar file as {@link TarWriter} writes it, with an entry for
 * each folder, file and link but the root, sorted by the bytes of their paths, where a slash counts
 * as less than any other: tar gives a folder its time when it leaves it, and must not enter it
 * again. Folders have a slash behind their names and mode 0755, as files that may be executed do;
 * other files have 0644, links 0777. All are of the committer's time. A link stays one, wherever it
 * leads. Nothing is left out or converted by .gitattributes: it is the tree, not what
 * git-archive(1) makes of it.
 */
final class TreeArchive {
  private static final int MAX_LINK_BYTES = 4000;

  private TreeArchive() {}

  static void write(List<GitTree.Entry> entries, long seconds, OutputStream out)
      throws IOException, CommandException, MalformedInputException {
    TarWriter tar = new TarWriter(out, seconds);
    for (GitTree.Entry entry : entries) {
      entry.repository().check();
      switch (entry.kind()) {
        case FOLDER -> tar.begin(entry.path() + "/", TarWriter.FOLDER, 0755, 0, "");
        case LINK -> tar.begin(entry.path(), TarWriter.LINK, 0777, 0, target(entry));
        case FILE, EXECUTABLE -> {
          int mode = entry.kind() == GitTree.Kind.EXECUTABLE ? 0755 : 0644;
          tar.begin(entry.path(), TarWriter.FILE, mode, entry.size(), "");
          ObjectLoader content = entry.content();
          content.copyTo(out);
          tar.pad(entry.size());
        }
      }
    }
    tar.end();
  }

  private static String target(GitTree.Entry link) throws IOException, MalformedInputException {
    if (link.size() < 1 || link.size() > MAX_LINK_BYTES) {
      throw new MalformedInputException(
          Quoted.of(link.path())
              + ": expected a link of 1 to "
              + MAX_LINK_BYTES
              + " bytes, found "
              + link.size());
    }
    String target;
    try {
      ByteBuffer bytes = ByteBuffer.wrap(link.content().getBytes(MAX_LINK_BYTES));
      target = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedInputException(Quoted.of(link.path()) + ": expected a link in UTF-8", e);
    }
    if (target.indexOf('\0') >= 0) {
      throw new MalformedInputException(
          Quoted.of(link.path()) + ": expected a link without NUL, found " + Quoted.of(target));
    }
    return target;
  }
}
