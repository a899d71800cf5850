package org.whonix2.rebuilder.apt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.io.files.AtomicFiles;

/**
 * The mirrors that this machine's apt uses (sources.list(5)), in both formats. Entries count
 * whatever their type is, since a machine that rebuilds often has no deb-src lines; {@code trusted}
 * and its like are not taken over. Entries that another keyring than Debian's signs are left out.
 */
public final class MachineSources {
  private static final int MAX_BYTES = 1 << 20;

  /** The names that apt reads in its folders of parts. */
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]+\\.(list|sources)");

  private static final Pattern ONE_LINE =
      Pattern.compile("(?:deb|deb-src)\\s+(?:\\[([^\\]]*)\\]\\s+)?(\\S+)\\s+(\\S+)((?:\\s+\\S+)*)");

  private static final Pattern DEBIAN_KEYRING = Pattern.compile("/(?:.*/)?debian-archive-[^/]+");

  private static final String ARCHIVE_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

  private final List<Mirror> mirrors;

  /** Such as a user names by suite, or for their age: they count whatever suite is asked for. */
  private final List<Mirror> beside;

  private MachineSources(List<Mirror> mirrors, List<Mirror> beside) {
    this.mirrors = List.copyOf(mirrors);
    this.beside = List.copyOf(beside);
  }

  /**
   * Reads {@code sources.list} and the parts in {@code sources.list.d}.
   *
   * @param etcApt usually {@code /etc/apt}
   */
  public static MachineSources read(Path etcApt) throws IOException, MalformedInputException {
    Set<Path> files = new TreeSet<>();
    Path list = etcApt.resolve("sources.list");
    if (Files.isRegularFile(list)) {
      files.add(list);
    }
    Path parts = etcApt.resolve("sources.list.d");
    if (Files.isDirectory(parts)) {
      try (DirectoryStream<Path> names = Files.newDirectoryStream(parts)) {
        for (Path file : names) {
          if (PART.matcher(String.valueOf(file.getFileName())).matches()) {
            files.add(file);
          }
        }
      }
    }
    List<Mirror> mirrors = new ArrayList<>();
    for (Path file : files) {
      String text = new String(AtomicFiles.read(file, MAX_BYTES), StandardCharsets.UTF_8);
      try {
        mirrors.addAll(file.toString().endsWith(".sources") ? deb822(text) : oneLine(text));
      } catch (MalformedInputException e) {
        throw e.at(file.toString());
      }
    }
    return new MachineSources(mirrors, List.of());
  }

  /** What a file in deb822 format says. */
  static MachineSources of(String text) throws MalformedInputException {
    return new MachineSources(deb822(text), List.of());
  }

  static List<Mirror> deb822(String text) throws MalformedInputException {
    List<Mirror> mirrors = new ArrayList<>();
    for (Deb822 entry : Deb822.parseAll(text)) {
      if (Set.of("no", "false", "without", "off", "disable")
          .contains(entry.get("Enabled").orElse("yes"))) {
        continue;
      }
      for (String uri : entry.words("URIs")) {
        for (String suite : entry.words("Suites")) {
          add(mirrors, uri, suite, entry.words("Components"), entry.get("Signed-By"));
        }
      }
    }
    return mirrors;
  }

  static List<Mirror> oneLine(String text) throws MalformedInputException {
    List<Mirror> mirrors = new ArrayList<>();
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      int comment = line.indexOf('#');
      String entry = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (entry.isEmpty() || entry.contains("cdrom:")) {
        continue;
      }
      Matcher parts = ONE_LINE.matcher(entry);
      if (!parts.matches()) {
        throw new MalformedInputException(
            "line " + number + ": expected 'deb [options] URI suite component ...'");
      }
      String components = parts.group(4).strip();
      add(
          mirrors,
          parts.group(2),
          parts.group(3),
          components.isEmpty() ? List.of() : List.of(components.split("\\s+", -1)),
          signedBy(Optional.ofNullable(parts.group(1)).orElse("")));
    }
    return mirrors;
  }

  private static Optional<String> signedBy(String options) {
    for (String option : options.strip().split("\\s+", -1)) {
      if (option.startsWith("signed-by=")) {
        return Optional.of(option.substring("signed-by=".length()).replace(',', ' '));
      }
    }
    return Optional.empty();
  }

  private static void add(
      List<Mirror> mirrors,
      String uri,
      String suite,
      List<String> components,
      Optional<String> signedBy)
      throws MalformedInputException {
    // A suite that ends in a slash is a flat repository: no distribution of ours.
    if (!suite.endsWith("/") && !uri.startsWith("cdrom:") && mayBeDebians(signedBy)) {
      mirrors.add(Mirror.of(uri, suite, components, signedBy));
    }
  }

  /**
   * Other repositories use Debian's suite names as well. What vouches for them is a keyring of
   * their own, or fingerprints or a key in the entry; Debian's keyrings are named alike.
   */
  private static boolean mayBeDebians(Optional<String> signedBy) {
    if (signedBy.isEmpty()) {
      return true;
    }
    List<String> keys = List.of(signedBy.get().strip().split("[\\s,]+", -1));
    return keys.stream().allMatch(key -> DEBIAN_KEYRING.matcher(key).matches());
  }

  /** All suites that the machine has a mirror for. */
  public Set<String> suites() {
    Set<String> suites = new TreeSet<>();
    mirrors.forEach(mirror -> suites.add(mirror.suite()));
    return suites;
  }

  /**
   * The mirrors of a suite, of its security updates and of its stable updates, in deb822 format;
   * empty if there is none of the suite itself.
   */
  public Optional<String> forSuite(String suite) {
    Map<List<String>, Mirror> chosen = new LinkedHashMap<>();
    for (String wanted : List.of(suite, suite + "-updates", suite + "-security")) {
      for (Mirror mirror : mirrors) {
        if (mirror.suite().equals(wanted)) {
          chosen.merge(List.of(mirror.uri(), mirror.suite()), mirror, MachineSources::together);
        }
      }
    }
    if (chosen.keySet().stream().noneMatch(key -> key.get(1).equals(suite))) {
      return Optional.empty();
    }
    beside.forEach(mirror -> chosen.putIfAbsent(List.of(mirror.uri(), mirror.suite()), mirror));
    return Optional.of(String.join("\n", chosen.values().stream().map(Mirror::format).toList()));
  }

  /**
   * These sources with other archives in their place, or snapshots beside them; each is signed by
   * the keys, and has the components, of the machine's mirror for its suite, or by default of
   * Debian's main component.
   *
   * @param suite of an address that names none
   * @param instead the only ones that count then; the machine's if there is none
   * @param snapshots further ones, whose Release files may have expired
   */
  public MachineSources with(
      String suite, List<ArchiveAddress> instead, List<ArchiveAddress> snapshots)
      throws MalformedInputException {
    List<Mirror> changed = new ArrayList<>(instead.isEmpty() ? mirrors : List.of());
    List<Mirror> others = new ArrayList<>();
    for (ArchiveAddress address : instead) {
      (address.suite().isEmpty() ? changed : others).add(placed(address, suite, false));
    }
    for (ArchiveAddress address : snapshots) {
      others.add(placed(address, suite, true));
    }
    return new MachineSources(changed, others);
  }

  private Mirror placed(ArchiveAddress address, String suite, boolean expired)
      throws MalformedInputException {
    String wanted = address.suite().orElse(suite);
    Optional<Mirror> known = mirrors.stream().filter(m -> m.suite().equals(wanted)).findFirst();
    return known
        .or(() -> mirrors.stream().filter(m -> m.signedBy().isPresent()).findFirst())
        .orElse(
            new Mirror(
                address.uri(), wanted, List.of("main"), Optional.of(ARCHIVE_KEYRING), expired))
        .at(address, wanted, expired);
  }

  /** apt refuses two entries for one suite that disagree about its keys. */
  private static Mirror together(Mirror a, Mirror b) {
    Set<String> components = new LinkedHashSet<>(a.components());
    components.addAll(b.components());
    return new Mirror(
        a.uri(),
        a.suite(),
        List.copyOf(components),
        a.signedBy().isPresent() ? a.signedBy() : b.signedBy(),
        a.mayBeExpired());
  }
}
