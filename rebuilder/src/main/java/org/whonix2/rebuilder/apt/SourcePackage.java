package org.whonix2.rebuilder.apt;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;

/**
 * A source package as the archive's signed Sources index describes it.
 *
 * @param dsc the .dsc, which is one of {@code files}
 */
public record SourcePackage(String name, String version, SourceFile dsc, List<SourceFile> files) {
  private static final int MOST_FILES = 100;

  /**
   * One file of a source package.
   *
   * @param size in bytes
   */
  public record SourceFile(String name, Sha256 digest, long size) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+~-]{0,250}");

    static SourceFile parse(String line) throws MalformedInputException {
      String[] parts = line.strip().split("\\s+");
      if (parts.length != 3 || !parts[1].matches("[0-9]{1,15}")) {
        throw new MalformedInputException(
            "expected 'digest size name' in Checksums-Sha256, found '" + line.strip() + "'");
      }
      if (!NAME.matcher(parts[2]).matches()) {
        throw new MalformedInputException("expected a plain file name, found '" + parts[2] + "'");
      }
      return new SourceFile(parts[2], Sha256.parse(parts[0]), Long.parseLong(parts[1]));
    }
  }

  public SourcePackage {
    files = List.copyOf(files);
  }

  static SourcePackage of(ControlParagraph entry) throws MalformedInputException {
    String name = entry.require("Package");
    String version = entry.require("Version");
    if (!SourceRequest.NAME.matcher(name).matches()
        || !SourceRequest.VERSION.matcher(version).matches()) {
      throw new MalformedInputException(
          "expected a source's name and version, found '" + name + "' and '" + version + "'");
    }
    List<SourceFile> files = new ArrayList<>();
    for (String line : entry.require("Checksums-Sha256").strip().split("\n")) {
      files.add(SourceFile.parse(line));
    }
    List<SourceFile> dscs = files.stream().filter(f -> f.name().endsWith(".dsc")).toList();
    if (dscs.size() != 1
        || files.size() > MOST_FILES
        || Set.copyOf(files.stream().map(SourceFile::name).toList()).size() != files.size()) {
      throw new MalformedInputException(
          name + " " + version + ": expected one .dsc among distinct files, found " + files);
    }
    return new SourcePackage(name, version, dscs.get(0), files);
  }

  /** The version without epoch and Debian revision: what the unpacked folder is named after. */
  public String upstreamVersion() {
    String withoutEpoch = version.substring(version.indexOf(':') + 1);
    int revision = withoutEpoch.lastIndexOf('-');
    return revision < 0 ? withoutEpoch : withoutEpoch.substring(0, revision);
  }
}
