package org.whonix2.rebuilder.apt;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.statement.SourcePackage;

/**
 * A source package as the archive's signed Sources index describes it.
 *
 * @param dsc the .dsc, which is one of {@code files}
 * @param binaries the names of what it builds
 */
public record ArchivedSource(
    PackageName name,
    PackageVersion version,
    SourceFile dsc,
    List<SourceFile> files,
    List<PackageName> binaries) {
  private static final int MOST_FILES = 100;
  private static final int MOST_BINARIES = 10_000;

  /**
   * One file of a source package.
   *
   * @param size in bytes
   */
  public record SourceFile(String name, Sha256 digest, long size) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+~-]{0,250}");
    private static final Pattern SIZE = Pattern.compile("[0-9]{1,15}");

    /** Reads a line {@code digest size name}, as in Checksums-Sha256. */
    public static SourceFile parse(String line) throws MalformedInputException {
      String[] parts = line.strip().split("\\s+", -1);
      if (parts.length != 3 || !SIZE.matcher(parts[1]).matches()) {
        throw new MalformedInputException(
            "expected 'digest size name' in Checksums-Sha256, found '" + line.strip() + "'");
      }
      if (!NAME.matcher(parts[2]).matches()) {
        throw new MalformedInputException("expected a plain file name, found '" + parts[2] + "'");
      }
      return new SourceFile(parts[2], Sha256.parse(parts[0]), Long.parseLong(parts[1]));
    }
  }

  public ArchivedSource {
    files = List.copyOf(files);
    binaries = List.copyOf(binaries);
  }

  static ArchivedSource of(Deb822 entry) throws MalformedInputException {
    PackageName name = PackageName.parse(entry.require("Package"));
    PackageVersion version = PackageVersion.parse(entry.require("Version"));
    List<SourceFile> files = files(entry, MOST_FILES);
    String dscName = name + "_" + version.withoutEpoch() + ".dsc";
    SourceFile dsc =
        files.stream()
            .filter(file -> file.name().equals(dscName))
            .findFirst()
            .orElseThrow(
                () -> new MalformedInputException("expected a file " + dscName + ", found none"));
    return new ArchivedSource(name, version, dsc, files, binaries(entry));
  }

  /**
   * What the field Checksums-Sha256 lists.
   *
   * @param most how many files at most
   */
  public static List<SourceFile> files(Deb822 entry, int most) throws MalformedInputException {
    List<SourceFile> files = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String line : entry.require("Checksums-Sha256").strip().split("\n", -1)) {
      SourceFile file = SourceFile.parse(line);
      files.add(file);
      if (!names.add(file.name()) || files.size() > most) {
        throw new MalformedInputException(
            "expected at most " + most + " files with distinct names, found " + file.name());
      }
    }
    return files;
  }

  private static List<PackageName> binaries(Deb822 entry) throws MalformedInputException {
    List<PackageName> binaries = new ArrayList<>();
    for (String name : entry.get("Binary").orElse("").split("[,\\s]+", -1)) {
      if (!name.isEmpty()) {
        binaries.add(PackageName.parse(name));
      }
      if (binaries.size() > MOST_BINARIES) {
        throw new MalformedInputException(
            "expected at most " + MOST_BINARIES + " binary packages, found more");
      }
    }
    return binaries;
  }

  /** As an attestation names it. */
  public SourcePackage toSourcePackage() {
    return new SourcePackage(name, version, dsc.digest());
  }

  /** The folder that Debian's builders unpack it into. */
  public String folderName() {
    return name + "-" + version.upstream();
  }

  @Override
  public String toString() {
    return name + " " + version;
  }
}
