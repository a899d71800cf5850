package org.whonix2.rebuilder.input;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.SignedText;
import org.whonix2.core.openpgp.SignerSearch;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.apt.ArchivedBinary;
import org.whonix2.rebuilder.apt.ArchivedSource;
import org.whonix2.rebuilder.apt.SourceRequest;
import org.whonix2.rebuilder.sandbox.ExactPackage;
import org.whonix2.rebuilder.sandbox.Recipe;
import org.whonix2.rebuilder.sandbox.RootContents;
import org.whonix2.rebuilder.sandbox.Unpacking;

/** What a .buildinfo records, from wherever its parts can be had. */
final class RecordedInput {
  /**
   * What our roots hold besides build dependencies, as the ordinary ones do ("buildd"): apt, and
   * fakeroot, which builds use without a .buildinfo saying so.
   */
  private static final List<String> FURNITURE = List.of("apt", "fakeroot");

  private final Fetching fetching;

  RecordedInput(Fetching fetching) {
    this.fetching = fetching;
  }

  BuildInput fetch(Input.Recorded recorded)
      throws IOException, CommandException, MalformedInputException {
    Buildinfo buildinfo;
    Sha256 digest;
    try {
      byte[] file = AtomicFiles.read(recorded.buildinfo(), Buildinfo.MAX_BYTES);
      digest = Sha256.of(file);
      buildinfo = Buildinfo.parse(verified(file, recorded.signers()));
    } catch (MalformedInputException e) {
      throw e.at(String.valueOf(recorded.buildinfo().getFileName()));
    }
    return fetch(buildinfo, digest);
  }

  /** The text, once it is known to be by one of the signers; nothing is read of it before. */
  private byte[] verified(byte[] file, Optional<Path> signers)
      throws IOException, CommandException, MalformedInputException {
    boolean signed = SignedText.looksSigned(file);
    if (signers.isEmpty()) {
      return signed ? SignedText.parse(file).text() : file;
    }
    if (!signed) {
      throw new CommandException(
          ExitCode.REFUSED,
          "the .buildinfo is not signed",
          "--unsigned-buildinfo instead of --buildinfo-signers takes it unsigned: what it says is"
              + " then only as good as where you have it from");
    }
    SignedText text = SignedText.parse(file);
    SignerSearch search = new SignerSearch(text.signatures());
    SignerKeyring.search(signers.get(), search);
    if (search.result(fetching.now()) instanceof SignerSearch.Result.Nobody nobody) {
      throw new CommandException(
          ExitCode.REFUSED, "the .buildinfo is signed by none of its signers: " + nobody.reason());
    }
    return text.text();
  }

  private BuildInput fetch(Buildinfo buildinfo, Sha256 file)
      throws IOException, CommandException, MalformedInputException {
    if (fetching.toolchain().versionSuffix().isPresent()) {
      throw new CommandException(
          ExitCode.USAGE,
          "toolchain "
              + fetching.toolchain().name()
              + " makes variants, which no .buildinfo records",
          "name the source, without --buildinfo");
    }
    Architecture own = fetching.apt().architecture();
    if (!buildinfo.buildArchitecture().equals(own)) {
      throw new CommandException(
          ExitCode.USAGE,
          "it was built on " + buildinfo.buildArchitecture() + ", and this machine is " + own);
    }
    // All that is missing is told at once, before anything large is fetched.
    List<String> install = available(buildinfo.dependencies(), own);
    ArchivedSource archived =
        fetching
            .apt()
            .find(new SourceRequest(buildinfo.source(), Optional.of(buildinfo.sourceVersion())));
    if (buildinfo.dsc().isPresent() && !buildinfo.dsc().get().equals(archived.dsc())) {
      throw new CommandException(
          ExitCode.REFUSED,
          archived.dsc().name() + ": the .buildinfo records another .dsc than the archive has");
    }
    List<ExactPackage> exact = new ArrayList<>();
    for (PackageIdentity identity : installation(install, buildinfo.dependencies())) {
      exact.add(new ExactPackage(identity.name(), identity.version(), identity.architecture()));
    }
    requireToolchain(exact);
    Source source = Source.fetch(archived, fetching);
    if (buildinfo.rebuild().isPresent()) {
      buildinfo.rebuild().get().write(fetching.sources(), ArchivedInput.ENTRY);
    }
    Optional<Path> folder = buildinfo.buildPath().map(Path::of);
    return new BuildInput(
        archived.toSourcePackage(),
        fetching.sources(),
        fetching.sources().resolve(archived.dsc().name()),
        source.signer(),
        buildinfo.rebuild(),
        RootContents.Exact.of(exact),
        new Recipe(
            new Unpacking.SourcePackage(archived.dsc().name()),
            folder.map(path -> String.valueOf(path.getFileName())).orElse(archived.folderName()),
            buildinfo.rebuild().map(rebuild -> ArchivedInput.ENTRY),
            Optional.empty(),
            buildinfo.binaries(),
            buildinfo.environment().options()),
        folder.map(path -> String.valueOf(path.getParent())),
        Optional.of(buildinfo.environment().locale()),
        buildinfo.files(),
        Optional.of(file));
  }

  /** What the attestation will call the toolchain must be there. */
  private void requireToolchain(List<ExactPackage> exact) throws CommandException {
    Set<String> there = new TreeSet<>();
    exact.forEach(each -> there.add(each.name().toString()));
    for (String wanted : fetching.toolchain().packageNames()) {
      if (!there.contains(wanted)) {
        throw new CommandException(
            ExitCode.REFUSED,
            "the .buildinfo records a build without " + wanted + ", which the toolchain has",
            "choose with --toolchain the one that it was built with");
      }
    }
  }

  /**
   * The recorded packages with what every root of ours has. Where today's furniture does not stand
   * beside yesterday's packages, fakeroot alone is added.
   */
  private List<PackageIdentity> installation(
      List<String> install, List<Buildinfo.Dependency> recorded)
      throws IOException, CommandException, MalformedInputException {
    Set<String> furniture = new TreeSet<>(FURNITURE);
    fetching.apt().required().forEach(name -> furniture.add(name.toString()));
    recorded.forEach(dependency -> furniture.remove(dependency.name().toString()));
    List<String> all = new ArrayList<>(install);
    all.addAll(furniture);
    try {
      return fetching.apt().installation(all);
    } catch (CommandException e) {
      List<String> least = new ArrayList<>(install);
      if (furniture.contains("fakeroot")) {
        least.add("fakeroot");
      }
      List<PackageIdentity> found = fetching.apt().installation(least);
      fetching
          .notices()
          .accept(
              "the recorded versions do not go together with "
                  + String.join(", ", furniture)
                  + " of today: the root is made without, and has another environment digest");
      return found;
    }
  }

  /**
   * The dependencies as apt takes them.
   *
   * @throws CommandException if the lists lack one, with all that they lack
   */
  private List<String> available(List<Buildinfo.Dependency> dependencies, Architecture own)
      throws IOException, CommandException, MalformedInputException {
    Set<PackageName> names = new HashSet<>();
    dependencies.forEach(dependency -> names.add(dependency.name()));
    Map<PackageName, Set<PackageIdentity>> known = new HashMap<>();
    for (ArchivedBinary binary : fetching.apt().binaries(names)) {
      known
          .computeIfAbsent(binary.identity().name(), name -> new HashSet<>())
          .add(binary.identity());
    }
    List<String> missing = new ArrayList<>();
    List<String> install = new ArrayList<>();
    for (Buildinfo.Dependency dependency : dependencies) {
      Architecture wanted = dependency.foreign().orElse(own);
      boolean there =
          known.getOrDefault(dependency.name(), Set.of()).stream()
              .anyMatch(
                  each ->
                      each.version().equals(dependency.version())
                          && (each.architecture().equals(wanted)
                              || each.architecture().toString().equals("all")));
      (there ? install : missing).add(dependency.toString());
    }
    if (!missing.isEmpty()) {
      throw new CommandException(
          ExitCode.OUTSIDE_FAILED,
          missing.size()
              + " of "
              + dependencies.size()
              + " build dependencies cannot be had from any mirror:\n  "
              + String.join("\n  ", missing),
          "--snapshot-mirror names an archive that still has them, such as"
              + " http://snapshot.debian.org/archive/debian/20250520T000000Z/");
    }
    return install;
  }
}
