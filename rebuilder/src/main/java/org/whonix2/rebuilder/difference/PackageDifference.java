package org.whonix2.rebuilder.difference;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.rebuilder.difference.TarEntries.Entry;

/** Reads two packages side by side until it knows in what they differ. */
public final class PackageDifference {
  /** What is held in memory of one file of each package; larger ones are compared only. */
  private static final long LARGEST_FILE = 32L << 20;

  private static final long LARGEST_PACKAGE = 16L << 30;
  private static final int PART = 1 << 16;
  private static final String DEBUG_FILES = "./usr/lib/debug/";

  /** What debhelper writes into the control data of debug symbols only. */
  private static final Pattern FOLLOWS_DEBUG_FILES =
      Pattern.compile("(?m)^(?:Build-Ids|Installed-Size): .*\n");

  private static final Pattern CHECKSUM = Pattern.compile("[0-9a-f]{32}  ([^\n]+)");

  private final PackageFile ours;
  private final PackageFile theirs;

  /** Whether both hold debug symbols and nothing else. */
  private final boolean debugSymbols;

  private final Set<String> otherNotes = new TreeSet<>();
  private final Set<String> otherChecksums = new TreeSet<>();
  private boolean otherDebugFiles;
  private long compared;

  private PackageDifference(PackageFile ours, PackageFile theirs) {
    this.ours = ours;
    this.theirs = theirs;
    this.debugSymbols = ours.name().endsWith("-dbgsym") && theirs.name().endsWith("-dbgsym");
  }

  /**
   * Compares two .debs that are not equal. What cannot be read differs in what it contains.
   *
   * @throws IOException if a file cannot be opened
   */
  public static Difference between(Path ours, Path theirs) throws IOException {
    try (PackageFile first = PackageFile.open(ours);
        PackageFile second = PackageFile.open(theirs)) {
      return new PackageDifference(first, second).find();
    } catch (MalformedInputException e) {
      return Difference.CONTENT;
    }
  }

  private Difference find() {
    try {
      boolean control = sameArchives(ours.nextArchive(), theirs.nextArchive());
      boolean files = control && sameArchives(ours.nextArchive(), theirs.nextArchive());
      if (!files || !otherNotes.containsAll(otherChecksums)) {
        return Difference.CONTENT;
      }
    } catch (IOException | MalformedInputException | RuntimeException e) {
      // Decompressors answer some hostile input with unchecked exceptions.
      return Difference.CONTENT;
    }
    if (otherDebugFiles) {
      return Difference.DEBUG_SYMBOLS;
    }
    return otherNotes.isEmpty() ? Difference.PACKING : Difference.BUILD_ID;
  }

  private boolean sameArchives(TarEntries a, TarEntries b)
      throws IOException, MalformedInputException {
    while (true) {
      Entry first = next(a);
      Entry second = next(b);
      if (first == null || second == null) {
        return first == second;
      }
      if (!sameEntry(a, first, b, second)) {
        return false;
      }
      compared += first.size();
      if (compared > LARGEST_PACKAGE) {
        throw new MalformedInputException("expected at most " + LARGEST_PACKAGE + " bytes");
      }
    }
  }

  /** Debug files are named by build ids, so their order and names say nothing. */
  private @Nullable Entry next(TarEntries entries) throws IOException, MalformedInputException {
    Entry entry = entries.next();
    while (debugSymbols && entry != null && entry.name().startsWith(DEBUG_FILES)) {
      otherDebugFiles = true;
      entry = entries.next();
    }
    return entry;
  }

  private boolean sameEntry(TarEntries a, Entry first, TarEntries b, Entry second)
      throws IOException, MalformedInputException {
    boolean control = first.name().equals("./control") || first.name().equals("./md5sums");
    if (debugSymbols && control && first.sameHeaderButSize(second)) {
      return sameContent(first.name(), a.small(first), b.small(second));
    }
    if (!first.sameHeader(second)) {
      return false;
    }
    if (first.size() <= LARGEST_FILE) {
      return sameContent(first.name(), a.content(first), b.content(second));
    }
    for (long left = first.size(); left > 0; left -= PART) {
      int length = (int) Math.min(left, PART);
      if (!Arrays.equals(a.part(length), b.part(length))) {
        return false;
      }
    }
    return true;
  }

  private boolean sameContent(String name, byte[] first, byte[] second)
      throws MalformedInputException {
    if (Arrays.equals(first, second)) {
      return true;
    }
    if (ElfNotes.isElf(first) && ElfNotes.equalOtherwise(first, second)) {
      otherNotes.add(name);
      return true;
    }
    if (name.equals("./md5sums")) {
      return sameChecksums(ascii(first), ascii(second));
    }
    return debugSymbols
        && name.equals("./control")
        && withoutDebugFiles(ascii(first)).equals(withoutDebugFiles(ascii(second)));
  }

  /** The same files, of which those with other sums must turn out to differ in their notes only. */
  private boolean sameChecksums(String first, String second) {
    List<String> a = checksums(first);
    List<String> b = checksums(second);
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      String path = path(a.get(i));
      if (path.isEmpty() || !path.equals(path(b.get(i)))) {
        return false;
      }
      if (!a.get(i).equals(b.get(i))) {
        otherChecksums.add("./" + path);
      }
    }
    return true;
  }

  private List<String> checksums(String text) {
    return text.lines()
        .filter(line -> !debugSymbols || !("./" + path(line)).startsWith(DEBUG_FILES))
        .toList();
  }

  private static String path(String line) {
    Matcher matcher = CHECKSUM.matcher(line);
    return matcher.matches() ? matcher.group(1) : "";
  }

  private static String withoutDebugFiles(String control) {
    return FOLLOWS_DEBUG_FILES.matcher(control).replaceAll("");
  }

  private static String ascii(byte[] content) {
    return new String(content, StandardCharsets.ISO_8859_1);
  }
}
