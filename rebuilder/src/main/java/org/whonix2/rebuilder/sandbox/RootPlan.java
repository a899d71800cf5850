package org.whonix2.rebuilder.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.io.cli.CommandException;
import org.whonix2.rebuilder.apt.AptComplaint;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.Simulation;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.Outcome;
import org.whonix2.rebuilder.process.Programs;

/**
 * What a layer will hold, found before anything is installed: apt's own simulation against the
 * lists that it verified.
 *
 * @param all packages that are installed then, by name and architecture
 * @param added those of them that the layer below does not have in this version
 * @param removed names of packages of the layer below that go
 */
record RootPlan(List<ExactPackage> all, List<ExactPackage> added, List<String> removed) {
  private static final Limits LIMITS = new Limits(Duration.ofMinutes(5), 16 << 20);

  RootPlan {
    all = List.copyOf(all);
    added = List.copyOf(added);
    removed = List.copyOf(removed);
  }

  /** These and nothing else. */
  static RootPlan exactly(List<ExactPackage> packages) {
    return new RootPlan(sorted(packages), packages, List.of());
  }

  /**
   * Debian's buildd variant, fakeroot, which dpkg-buildpackage needs to pack without being root,
   * and these.
   */
  static RootPlan base(AptRoot apt, List<String> packages, Programs programs)
      throws IOException, CommandException, MalformedInputException {
    List<String> arguments = new ArrayList<>(List.of("install"));
    arguments.addAll(List.of("?essential", "?priority(required)", "apt", "build-essential"));
    arguments.add("fakeroot");
    arguments.addAll(packages);
    return onTopOf(List.of(), simulated(apt, List.of(), arguments, programs));
  }

  /**
   * What a source's build dependencies add.
   *
   * @param status dpkg's, of the layer below
   * @param question what apt-get is asked for
   */
  static RootPlan dependencies(
      AptRoot apt, List<ExactPackage> below, Path status, List<String> question, Programs programs)
      throws IOException, CommandException, MalformedInputException {
    List<String> there =
        List.of(
            "-o",
            "Dir::State::status=" + status,
            // What apt computes from lists and status together; for either status it stays good.
            "-o",
            "Dir::Cache::pkgcache=pkgcache-layer.bin");
    return onTopOf(below, simulated(apt, there, question, programs));
  }

  private static String simulated(
      AptRoot apt, List<String> options, List<String> arguments, Programs programs)
      throws IOException, CommandException {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("apt-get", "--simulate", "--quiet", "--no-install-recommends"));
    all.addAll(options);
    all.addAll(arguments);
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Outcome outcome = programs.run(apt.command(all), LIMITS, said);
    String text = said.toString(StandardCharsets.UTF_8);
    if (!outcome.succeeded()) {
      throw AptComplaint.about("the archive cannot give a build root", outcome, text);
    }
    return text;
  }

  static RootPlan onTopOf(List<ExactPackage> below, String simulation)
      throws MalformedInputException {
    Map<String, ExactPackage> all = new TreeMap<>();
    below.forEach(each -> all.put(key(each), each));
    List<ExactPackage> added = new ArrayList<>();
    Simulation found = Simulation.parse(simulation);
    for (String name : found.removed()) {
      all.keySet().removeIf(key -> key.equals(name) || key.startsWith(name + ":"));
    }
    for (PackageIdentity each : found.installed()) {
      ExactPackage exact = new ExactPackage(each.name(), each.version(), each.architecture());
      all.put(key(exact), exact);
      added.add(exact);
    }
    return new RootPlan(sorted(List.copyOf(all.values())), added, found.removed());
  }

  private static String key(ExactPackage each) {
    return each.name() + ":" + each.architecture();
  }

  private static List<ExactPackage> sorted(List<ExactPackage> packages) {
    return packages.stream().sorted((a, b) -> a.toString().compareTo(b.toString())).toList();
  }

  /** Fetches what is added into a new folder; apt checks each file against its lists. */
  void fetch(AptRoot apt, Path folder)
      throws IOException, CommandException, MalformedInputException {
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, Sandbox.READABLE_FOLDER);
    if (added.isEmpty()) {
      return;
    }
    List<String> arguments = new ArrayList<>(List.of("apt-get", "--quiet", "download"));
    Architecture own = apt.architecture();
    added.forEach(each -> arguments.add(each.forApt(own)));
    apt.network("cannot fetch the packages of a build root", folder, arguments);
  }
}
