package org.whonix2.rebuilder.repository;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.core.digest.Sha256;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;

/**
 * Indices of a staged pool, made by apt-ftparchive, which reads control data that builds wrote:
 * what it says of packages is compared with what was verified before anything is signed.
 */
final class Indices {
  /** The program, and the Debian package that brings it. */
  static final String PROGRAM = "apt-ftparchive";

  static final String PROGRAM_PACKAGE = "apt-utils";

  private static final Limits LIMITS = new Limits(Duration.ofHours(2), 2L << 30);
  private static final int MOST_COMPLAINT_BYTES = 1 << 16;
  private static final int MOST_PARAGRAPH = 1 << 20;
  private static final String CONFIGURATION = "apt-ftparchive.conf";

  private final Path staging;
  private final RepositorySettings settings;
  private final Programs programs;

  Indices(Path staging, RepositorySettings settings, Programs programs) {
    this.staging = staging;
    this.settings = settings;
    this.programs = programs;
  }

  /** Where one architecture's indices lie, from the repository's folder on. */
  static String folder(String suite, String architecture) {
    return "dists/" + suite + "/main/binary-" + architecture;
  }

  /**
   * Writes Packages for each architecture, plain and compressed, into the staging folder.
   *
   * @return a Release file over them
   */
  ReleaseText write(Set<String> architectures, SortedMap<String, BinaryArtifact> packages)
      throws IOException, CommandException, MalformedInputException {
    requireIndexed(architectures, packages);
    Files.writeString(staging.resolve(CONFIGURATION), configuration(architectures));
    for (String architecture : architectures) {
      Path folder =
          Files.createDirectories(staging.resolve(folder(settings.suite(), architecture)));
      Path index = folder.resolve("Packages");
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(index))) {
        run(out, "--arch", architecture, "packages", "pool/" + settings.suite());
      }
      requireSame(index, architecture, packages);
      compress(index);
    }
    Path dist = staging.resolve("dists").resolve(settings.suite());
    ByteArrayOutputStream release = new ByteArrayOutputStream();
    run(release, "release", staging.relativize(dist).toString());
    ReleaseText text = ReleaseText.parse(release.toString(StandardCharsets.UTF_8));
    text.requireOf(settings, architectures);
    text.requireFiles(files(dist, architectures));
    return text;
  }

  private static void requireIndexed(
      Set<String> architectures, SortedMap<String, BinaryArtifact> packages)
      throws CommandException {
    for (BinaryArtifact artifact : packages.values()) {
      String of = artifact.identity().architecture().value();
      if (!of.equals("all") && !architectures.contains(of)) {
        throw new CommandException(
            ExitCode.REFUSED,
            artifact.identity() + " is of an architecture that no rebuild here was made for");
      }
    }
  }

  /** What a Release file must list, by path from its folder on. */
  private static SortedMap<String, ReleaseText.Listed> files(Path dist, Set<String> architectures)
      throws IOException {
    SortedMap<String, ReleaseText.Listed> files = new TreeMap<>();
    for (String architecture : architectures) {
      Path index = dist.resolve("main/binary-" + architecture + "/Packages");
      for (Path file : List.of(index, suffixed(index, ".gz"), suffixed(index, ".xz"))) {
        try (InputStream in = Files.newInputStream(file)) {
          files.put(
              dist.relativize(file).toString(),
              new ReleaseText.Listed(Sha256.of(in), Files.size(file)));
        }
      }
    }
    return files;
  }

  /**
   * No configuration of the machine's apt is read: what comes out depends on ours alone. SHA-256 is
   * what counts, but of packages all digests are named that apt knows: where it takes a variant and
   * the archive's package for one, it takes each kind of digest that ours lacked from the archive,
   * and no file has both.
   */
  private String configuration(Set<String> architectures) {
    return """
        Dir::Etc::main "/dev/null";
        Dir::Etc::parts "/dev/null";
        APT::FTPArchive::Release::MD5 "false";
        APT::FTPArchive::Release::SHA1 "false";
        APT::FTPArchive::Release::SHA512 "false";
        APT::FTPArchive::Release::Origin "%s";
        APT::FTPArchive::Release::Label "%s";
        APT::FTPArchive::Release::Suite "%s";
        APT::FTPArchive::Release::Codename "%s";
        APT::FTPArchive::Release::Architectures "%s";
        APT::FTPArchive::Release::Components "main";
        APT::FTPArchive::Release::Acquire-By-Hash "yes";
        APT::FTPArchive::Release::ValidTime "%d";
        """
        .formatted(
            settings.origin(),
            settings.label(),
            settings.suite(),
            settings.suite(),
            String.join(" ", architectures),
            settings.validity().toSeconds());
  }

  private void run(OutputStream out, String... arguments) throws IOException, CommandException {
    String[] all = new String[arguments.length + 1];
    all[0] = PROGRAM;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Command command =
        Command.of(all)
            .in(staging)
            .with(Map.of("APT_CONFIG", staging.resolve(CONFIGURATION).toString()));
    BoundedText errors = new BoundedText();
    Outcome outcome = programs.run(command, LIMITS, out, errors);
    if (!outcome.succeeded()) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          PROGRAM + " failed: " + errors.text(),
          "nothing was changed in the repository");
    }
  }

  /** The beginning of what a program complains about. */
  private static final class BoundedText extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    @Override
    public void write(int b) {
      if (kept.size() < MOST_COMPLAINT_BYTES) {
        kept.write(b);
      }
    }

    String text() {
      List<String> lines = kept.toString(StandardCharsets.UTF_8).lines().toList();
      return lines.stream()
          .filter(line -> line.startsWith("E: "))
          .findFirst()
          .or(() -> lines.stream().findFirst())
          .map(Quoted::of)
          .orElse("it says nothing");
    }
  }

  /** Every package of the architecture and for all stands there once, and nothing else. */
  private static void requireSame(
      Path index, String architecture, SortedMap<String, BinaryArtifact> packages)
      throws IOException, CommandException, MalformedInputException {
    Map<String, BinaryArtifact> expected = new TreeMap<>();
    packages.forEach(
        (path, artifact) -> {
          String of = artifact.identity().architecture().value();
          if (of.equals(architecture) || of.equals("all")) {
            expected.put(path, artifact);
          }
        });
    // Bytes as they are: names, digests and sizes are ASCII, all else is not looked at.
    try (BufferedReader in = Files.newBufferedReader(index, StandardCharsets.ISO_8859_1)) {
      for (String text = paragraph(in); !text.isEmpty(); text = paragraph(in)) {
        Deb822 paragraph = Deb822.parseOne(text);
        String path = paragraph.require("Filename");
        BinaryArtifact indexed =
            new BinaryArtifact(
                PackageIdentity.of(paragraph),
                Sha256.parse(paragraph.require("SHA256")),
                size(paragraph.require("Size")));
        if (!indexed.equals(expected.remove(path))) {
          throw new CommandException(
              ExitCode.REFUSED,
              PROGRAM + " describes " + path + " otherwise than it was verified: " + indexed);
        }
      }
    }
    if (!expected.isEmpty()) {
      throw new CommandException(
          ExitCode.REFUSED, PROGRAM + " left out " + expected.keySet().iterator().next());
    }
  }

  private static long size(String text) throws MalformedInputException {
    if (!text.matches("[0-9]{1,12}")) {
      throw new MalformedInputException("expected a size in an index, found another");
    }
    return Long.parseLong(text);
  }

  /** The next lines up to an empty one; empty at the end. */
  private static String paragraph(BufferedReader in) throws IOException, MalformedInputException {
    StringBuilder text = new StringBuilder();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.isEmpty() && text.length() > 0) {
        break;
      }
      if (!line.isEmpty()) {
        text.append(line).append('\n');
      }
      if (text.length() > MOST_PARAGRAPH) {
        throw new MalformedInputException(
            "expected a package's paragraph of at most " + MOST_PARAGRAPH + " characters");
      }
    }
    return text.toString();
  }

  private static void compress(Path index) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(index));
        OutputStream out = new GZIPOutputStream(Files.newOutputStream(suffixed(index, ".gz")))) {
      in.transferTo(out);
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(index));
        OutputStream out =
            new XZOutputStream(
                new BufferedOutputStream(Files.newOutputStream(suffixed(index, ".xz"))),
                new LZMA2Options())) {
      in.transferTo(out);
    }
  }

  static Path suffixed(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }
}
