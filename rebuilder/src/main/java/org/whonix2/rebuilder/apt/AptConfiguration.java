package org.whonix2.rebuilder.apt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** How our apt root is laid: its files, and what tells apt to keep to them. */
record AptConfiguration(Path folder) {
  /** Parents before their children. */
  private static final List<String> FOLDERS =
      List.of(
          "lists",
          "lists/partial",
          "cache",
          "cache/archives",
          "cache/archives/partial",
          "state",
          "preferences.d",
          "parts.d");

  /**
   * Lays an empty root, or takes over the one that is there. Its modes do not depend on our umask,
   * since apt's downloads run as a user of their own.
   *
   * @param folder absolute
   * @param sources in deb822 format
   */
  static AptConfiguration lay(Path folder, String sources) throws IOException {
    AptConfiguration laid = new AptConfiguration(folder);
    openFolder(folder);
    for (String name : FOLDERS) {
      openFolder(folder.resolve(name));
    }
    write(laid.sources(), sources);
    write(folder.resolve("status"), "");
    write(folder.resolve("apt.conf"), configuration(folder));
    write(laid.bootstrap(), "Dir::Etc::main \"" + folder.resolve("apt.conf") + "\";\n");
    return laid;
  }

  /** A file that is written anew is newer than what apt has computed from it. */
  private static void write(Path file, String text) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.writeString(file, text);
    }
  }

  private static void openFolder(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  Path lists() {
    return folder.resolve("lists");
  }

  Path sources() {
    return folder.resolve("machine.sources");
  }

  private Path bootstrap() {
    return folder.resolve("bootstrap.conf");
  }

  /** What makes apt use this root. */
  Map<String, String> environment() {
    return Map.of("APT_CONFIG", bootstrap().toString());
  }

  /**
   * Read after the machine's own parts, so that proxies and the like stay while hooks, pins and
   * places do not, nor what makes apt believe more than it should.
   */
  private static String configuration(Path folder) {
    String includeMachine =
        Files.isRegularFile(Path.of("/etc/apt/apt.conf"))
            ? "#include \"/etc/apt/apt.conf\";\n"
            : "";
    return includeMachine
        + """
        #clear APT::Update::Pre-Invoke;
        #clear APT::Update::Post-Invoke;
        #clear APT::Update::Post-Invoke-Success;
        #clear Acquire::IndexTargets::deb::DEP-11;
        #clear Acquire::IndexTargets::deb::CNF;
        #clear Acquire::IndexTargets::deb::Contents-deb;
        #clear DPkg::Pre-Invoke;
        #clear DPkg::Post-Invoke;
        #clear DPkg::Pre-Install-Pkgs;
        APT::Update::Error-Mode "any";
        APT::Get::AllowUnauthenticated "false";
        Acquire::AllowInsecureRepositories "false";
        Acquire::AllowWeakRepositories "false";
        Acquire::AllowDowngradeToInsecureRepositories "false";
        Acquire::Check-Date "true";
        Acquire::Check-Valid-Until "true";
        Acquire::Languages "none";
        Acquire::Retries "3";
        Dir::State "@/state";
        Dir::State::lists "@/lists";
        Dir::State::status "@/status";
        Dir::Cache "@/cache";
        Dir::Cache::pkgcache "pkgcache.bin";
        Dir::Cache::srcpkgcache "srcpkgcache.bin";
        DPkg::Lock::Timeout "60";
        Dir::Etc::sourcelist "@/machine.sources";
        Dir::Etc::sourceparts "@/parts.d";
        Dir::Etc::preferences "/dev/null";
        Dir::Etc::preferencesparts "@/preferences.d";
        """
            .replace("@", folder.toString());
  }
}
