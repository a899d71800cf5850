package org.whonix2.rebuilder.apt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.core.digest.Sha256;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;

/** One suite of the archive, seen through an apt root of our own. */
public final class AptRoot {
  private static final Pattern ORIG = Pattern.compile("[^/]+\\.orig\\.tar\\.(?:gz|xz|bz2)");

  private static final Limits NETWORK = new Limits(Duration.ofMinutes(15), 4 << 20);
  private static final Limits QUERY = new Limits(Duration.ofMinutes(2), 64 << 20);

  /** What decides over the network in the environment, as apt and its methods read it. */
  private static final List<String> NETWORK_VARIABLES =
      List.of("http_proxy", "https_proxy", "no_proxy", "all_proxy", "ftp_proxy");

  private final AptConfiguration configuration;
  private final String suite;
  private final Programs programs;
  private final LogFile log;
  private Optional<Architecture> architecture = Optional.empty();

  private AptRoot(AptConfiguration configuration, String suite, Programs programs, LogFile log) {
    this.configuration = configuration;
    this.suite = suite;
    this.programs = programs;
    this.log = log;
  }

  /**
   * Lays a root for this suite, or takes over the one that is there.
   *
   * @param folder absolute
   * @param log gets what apt says
   * @throws CommandException if the machine has no mirror for this suite
   */
  public static AptRoot create(
      Path folder, MachineSources machine, String suite, Programs programs, LogFile log)
      throws IOException, CommandException {
    String sources =
        machine
            .forSuite(suite)
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.OUTSIDE_FAILED,
                        "this machine's apt has no mirror for the suite '" + suite + "'",
                        "it has these: "
                            + String.join(", ", machine.suites())
                            + "; an entry counts if it has no Signed-By, or one that names a"
                            + " keyring debian-archive-..."));
    return new AptRoot(AptConfiguration.lay(folder, sources), suite, programs, log);
  }

  public String suite() {
    return suite;
  }

  /** All that is in this root. */
  public Path folder() {
    return configuration.folder();
  }

  /** The lists that apt has verified. */
  public Path lists() {
    return configuration.lists();
  }

  /** The sources, in deb822 format. */
  public Path sources() {
    return configuration.sources();
  }

  /** The variables of our environment that decide how apt reaches the network. */
  public static Map<String, String> networkEnvironment() {
    Map<String, String> environment = new TreeMap<>();
    for (String name : NETWORK_VARIABLES) {
      String value = System.getenv(name);
      if (value != null) {
        environment.put(name, value);
      }
    }
    return environment;
  }

  /**
   * Fetches the lists; apt checks them down to the archive's keys, and we that they are Debian's.
   */
  public void update() throws IOException, CommandException {
    network(
        "cannot fetch the archive's lists", configuration.folder(), "apt-get", "--quiet", "update");
    ReleaseOrigin.requireDebian(lists());
  }

  /**
   * The source that was asked for.
   *
   * @throws CommandException if the suite has no such source, or no such version of it
   */
  public ArchivedSource find(SourceRequest request)
      throws IOException, CommandException, MalformedInputException {
    String name = request.name().toString();
    List<ArchivedSource> known = new ArrayList<>();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Outcome outcome =
        programs.run(command("apt-cache", "showsrc", "--only-source", name), QUERY, out, log);
    if (outcome.succeeded()) {
      for (Deb822 entry : Deb822.parseAll(out.toString(StandardCharsets.UTF_8))) {
        if (entry.require("Package").equals(name)) {
          known.add(ArchivedSource.of(entry));
        }
      }
    }
    if (known.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "suite " + suite + " has no source package '" + name + "'",
          "a source and its packages may have different names: 'apt-cache show PACKAGE' says Source");
    }
    ArchivedSource newest = known.get(0);
    List<ArchivedSource> asked = new ArrayList<>();
    for (ArchivedSource source : known) {
      if (source.version().compareTo(newest.version()) > 0) {
        newest = source;
      }
      if (request.version().isPresent() && source.version().equals(request.version().get())) {
        asked.add(source);
      }
    }
    if (request.version().isPresent() && asked.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          "suite " + suite + " has no version " + request.version().get() + " of source " + name,
          "it has " + String.join(", ", versions(known)));
    }
    ArchivedSource chosen = asked.isEmpty() ? newest : asked.get(0);
    for (ArchivedSource source : known) {
      if (source.version().equals(chosen.version())
          && !source.dsc().digest().equals(chosen.dsc().digest())) {
        throw new CommandException(
            ExitCode.OUTSIDE_FAILED,
            chosen + ": the archive's indices name two different .dsc files",
            source.dsc().digest() + " and " + chosen.dsc().digest());
      }
    }
    return chosen;
  }

  private static List<String> versions(List<ArchivedSource> sources) {
    return sources.stream().map(source -> source.version().toString()).distinct().toList();
  }

  /**
   * Downloads the source's files into a folder and checks each of them once more, on disk, against
   * the index.
   */
  public void download(ArchivedSource source, Path into) throws IOException, CommandException {
    download(source, "--download-only", source.files(), into);
  }

  /** The same of what upstream made alone: its tar file. */
  public ArchivedSource.SourceFile downloadUpstream(ArchivedSource source, Path into)
      throws IOException, CommandException {
    List<ArchivedSource.SourceFile> tars =
        source.files().stream().filter(file -> ORIG.matcher(file.name()).matches()).toList();
    if (tars.size() != 1) {
      throw new CommandException(
          ExitCode.REFUSED, source + ": expected one tar file of upstream's, found " + tars.size());
    }
    download(source, "--tar-only", tars, into);
    return tars.get(0);
  }

  private void download(
      ArchivedSource source, String what, List<ArchivedSource.SourceFile> files, Path into)
      throws IOException, CommandException {
    network(
        "cannot fetch the source " + source,
        into,
        "apt-get",
        "--quiet",
        "source",
        "--download-only",
        what,
        "--only-source",
        source.name() + "=" + source.version());
    for (ArchivedSource.SourceFile file : files) {
      check(into.resolve(file.name()), file);
    }
  }

  private static void check(Path path, ArchivedSource.SourceFile file)
      throws IOException, CommandException {
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) || Files.size(path) != file.size()) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          file.name() + ": expected a file of " + file.size() + " bytes from apt, found none");
    }
    try (InputStream in = Files.newInputStream(path)) {
      Sha256 found = Sha256.of(in);
      if (!found.equals(file.digest())) {
        throw new CommandException(
            ExitCode.OUTSIDE_FAILED,
            file.name() + ": expected SHA-256 " + file.digest() + ", found " + found);
      }
    }
  }

  /**
   * The SHA-256 that the archive's signed Packages state for such a package; several if the suite
   * and its updates contradict each other, none if the archive has no such package.
   */
  public List<Sha256> archived(PackageIdentity identity)
      throws IOException, MalformedInputException {
    String wanted = identity.name() + "=" + identity.version();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Outcome outcome = programs.run(command("apt-cache", "show", wanted), QUERY, out, log);
    if (!outcome.succeeded()) {
      return List.of();
    }
    List<Sha256> digests = new ArrayList<>();
    for (Deb822 entry : Deb822.parseAll(out.toString(StandardCharsets.UTF_8))) {
      PackageIdentity found = PackageIdentity.of(entry);
      Sha256 digest = Sha256.parse(entry.require("SHA256"));
      if (found.equals(identity) && !digests.contains(digest)) {
        digests.add(digest);
      }
    }
    return digests;
  }

  /**
   * Every version of these packages that the lists have, for whatever architecture; a name that
   * nobody knows has none.
   */
  public List<ArchivedBinary> binaries(Collection<PackageName> names)
      throws IOException, MalformedInputException {
    if (names.isEmpty()) {
      return List.of();
    }
    List<String> arguments = new ArrayList<>(List.of("apt-cache", "show", "--"));
    names.forEach(name -> arguments.add(name.toString()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    // It fails where one of them is unknown, and still shows the others.
    programs.run(command(arguments.toArray(new String[0])), QUERY, out, log);
    List<ArchivedBinary> binaries = new ArrayList<>();
    for (Deb822 entry : Deb822.parseAll(out.toString(StandardCharsets.UTF_8))) {
      // A name may be a virtual package's, which has no paragraph of its own.
      if (entry.get("SHA256").isPresent()) {
        binaries.add(ArchivedBinary.of(entry));
      }
    }
    return binaries;
  }

  /** The names of the packages of priority "required", which every Debian root has. */
  public Set<PackageName> required() throws IOException, CommandException, MalformedInputException {
    RequiredPackages required = new RequiredPackages();
    Outcome outcome =
        programs.run(
            command("apt-cache", "dumpavail"), new Limits(QUERY.time(), 1 << 30), required, log);
    if (!outcome.succeeded()) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED, "apt-cache: expected the packages, found " + outcome.exitCode());
    }
    return required.names();
  }

  /** Downloads a package into a folder, checks it against the index, and gives its path. */
  public Path download(ArchivedBinary binary, Path into) throws IOException, CommandException {
    network(
        "cannot fetch the package " + binary.identity(),
        into,
        "apt-get",
        "--quiet",
        "download",
        binary.toArgument());
    // apt escapes the epoch's colon in the name.
    String name = binary.identity().fileName();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(into, binary.identity().name() + "_*.deb")) {
      for (Path file : files) {
        check(file, new ArchivedSource.SourceFile(name, binary.digest(), binary.size()));
        return file;
      }
    }
    throw new CommandException(
        ExitCode.OUTSIDE_FAILED, name + ": expected it from apt, found no such file");
  }

  /**
   * All packages that an empty machine would have after the installation of these, without any that
   * are only recommended.
   *
   * @param packages {@code name:architecture=version}, or {@code name} for what the suite has now
   * @throws CommandException if they cannot be installed together
   */
  public List<PackageIdentity> installation(List<String> packages)
      throws IOException, CommandException, MalformedInputException {
    List<String> arguments =
        new ArrayList<>(
            List.of("apt-get", "--simulate", "--no-install-recommends", "install", "--"));
    arguments.addAll(packages);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Outcome outcome = programs.run(command(arguments.toArray(new String[0])), QUERY, out);
    String said = out.toString(StandardCharsets.UTF_8);
    if (!outcome.succeeded()) {
      log.write(out.toByteArray());
      throw AptComplaint.about("cannot install these versions together", outcome, said);
    }
    return Simulation.parse(said).installed();
  }

  /** The machine's own architecture. */
  public Architecture architecture() throws IOException, CommandException, MalformedInputException {
    if (architecture.isEmpty()) {
      String said = query("dpkg", "--print-architecture");
      architecture = Optional.of(Architecture.parse(said.strip()));
    }
    return architecture.get();
  }

  private String query(String... arguments) throws IOException, CommandException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Outcome outcome = programs.run(command(arguments), QUERY, out, log);
    if (!outcome.succeeded()) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          arguments[0] + ": expected an answer, found exit code " + outcome.exitCode(),
          null);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private void network(String failure, Path in, String... arguments)
      throws IOException, CommandException {
    network(failure, in, List.of(arguments));
  }

  /**
   * Runs apt with the machine's way to the network.
   *
   * @param failure what did not work if it fails, lower case
   * @param in the folder to run it in
   */
  public void network(String failure, Path in, List<String> arguments)
      throws IOException, CommandException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Outcome outcome =
        programs.run(command(arguments).with(networkEnvironment()).in(in), NETWORK, said);
    log.line("$ " + String.join(" ", arguments));
    log.write(said.toByteArray());
    if (!outcome.succeeded()) {
      throw AptComplaint.about(failure, outcome, said.toString(StandardCharsets.UTF_8));
    }
  }

  private Command command(String... arguments) {
    return command(List.of(arguments));
  }

  /** A program of apt's that keeps to this root. */
  public Command command(List<String> arguments) {
    return Command.of(arguments).with(configuration.environment());
  }
}
