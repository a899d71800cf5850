package org.whonix2.rebuilder.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.digest.Sha256;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.files.AtomicFiles;
import org.whonix2.rebuilder.apt.AptRoot;
import org.whonix2.rebuilder.apt.ArchivedBinary;
import org.whonix2.rebuilder.process.LogFile;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.toolchain.Toolchain;

/**
 * A Debian root for builds: one or two layers that are taken from the cache or made, and that no
 * build can write. Each build lays a fresh one of its own over them.
 */
public final class BuildRoot implements AutoCloseable {
  private static final int MAX_STATUS_BYTES = 64 << 20;

  private final JobFolder job;
  private final AptRoot apt;
  private final RootCache cache;
  private final List<Layer> layers = new ArrayList<>();
  private final List<Sha256> used = new ArrayList<>();

  private BuildRoot(JobFolder job, AptRoot apt, RootCache cache) {
    this.job = job;
    this.apt = apt;
    this.cache = cache;
  }

  /**
   * Makes a root, or takes it from the cache. It stays there at least until the root is closed.
   *
   * @throws MalformedInputException if a root does not hold what it was to hold
   */
  public static BuildRoot make(
      JobFolder job,
      AptRoot apt,
      RootContents contents,
      RootCache cache,
      Programs programs,
      LogFile log)
      throws IOException, CommandException, MalformedInputException {
    BuildRoot root = new BuildRoot(job, apt, cache);
    boolean made = false;
    try {
      if (contents instanceof RootContents.Exact exact) {
        root.lay("exact", RootPlan.exactly(exact.packages()), programs, log);
      } else if (contents instanceof RootContents.Current wanted) {
        root.layFor(wanted, programs, log);
      }
      made = true;
      return root;
    } finally {
      if (!made) {
        root.close();
      }
    }
  }

  private void layFor(RootContents.Current wanted, Programs programs, LogFile log)
      throws IOException, CommandException, MalformedInputException {
    Sha256 question = KnownPlans.question(apt, wanted, cache.ids());
    Optional<List<Sha256>> answer = cache.plans().answer(question);
    if (answer.isPresent() && takeAll(answer.get(), programs, log)) {
      return;
    }
    lay("base", RootPlan.base(apt, wanted.packages(), programs), programs, log);
    Layer base = layers.get(0);
    RootPlan plan =
        RootPlan.dependencies(
            apt, base.manifest().packages(), base.status(), wanted.question(), programs);
    if (!plan.added().isEmpty() || !plan.removed().isEmpty()) {
      lay("dependencies", plan, programs, log);
    }
    cache.plans().keep(question, used);
  }

  /** Takes these layers from the cache, or none of them. */
  private boolean takeAll(List<Sha256> keys, Programs programs, LogFile log) throws IOException {
    for (Sha256 key : keys) {
      Optional<Layer> below = layers.stream().reduce((first, second) -> second);
      Optional<Layer> cached = cache.take(key, below, job, programs, log);
      if (cached.isEmpty()) {
        close();
        layers.clear();
        return false;
      }
      log.line("layer " + key + ": from the cache");
      layers.add(cached.get());
      used.add(key);
    }
    return true;
  }

  private void lay(String name, RootPlan plan, Programs programs, LogFile log)
      throws IOException, CommandException, MalformedInputException {
    Optional<Layer> below = layers.stream().reduce((first, second) -> second);
    Sha256 key = key(plan, below);
    Optional<Layer> cached = cache.take(key, below, job, programs, log);
    if (cached.isPresent()) {
      log.line("layer " + name + " " + key + ": from the cache");
      layers.add(cached.get());
    } else {
      log.line("layer " + name + " " + key + ": made");
      // A job can make several roots.
      String folder = name + "-" + UUID.randomUUID().toString().substring(0, 8);
      Layer made = new Installation(job, cache.ids(), programs, log).make(folder, plan, below, apt);
      layers.add(cache.keep(key, made));
    }
    used.add(key);
  }

  /** What decides over a layer's content, and over whose files are in it. */
  private Sha256 key(RootPlan plan, Optional<Layer> below)
      throws IOException, CommandException, MalformedInputException {
    StringBuilder text = new StringBuilder("whonix2 layer 2\n");
    text.append("suite ").append(apt.suite()).append('\n');
    text.append("architecture ").append(apt.architecture()).append('\n');
    text.append("ids ").append(cache.ids()).append('\n');
    text.append("on ").append(below.map(layer -> used.get(0).toString()).orElse("-")).append('\n');
    Map<PackageIdentity, Sha256> digests = digests(plan);
    for (ExactPackage each : plan.all()) {
      PackageIdentity identity =
          new PackageIdentity(each.name(), each.version(), each.architecture());
      Sha256 digest = digests.get(identity);
      if (digest == null) {
        throw new MalformedInputException("expected " + each + " in the archive's lists");
      }
      text.append(each).append(' ').append(digest).append('\n');
    }
    return Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** What the lists say of the packages' bytes: the same version may come with others some day. */
  private Map<PackageIdentity, Sha256> digests(RootPlan plan)
      throws IOException, MalformedInputException {
    Map<PackageIdentity, Sha256> digests = new HashMap<>();
    for (ArchivedBinary binary :
        apt.binaries(plan.all().stream().map(ExactPackage::name).distinct().toList())) {
      Sha256 before = digests.put(binary.identity(), binary.digest());
      if (before != null && !before.equals(binary.digest())) {
        throw new MalformedInputException(
            binary.identity() + ": the archive's lists name two different files");
      }
    }
    return digests;
  }

  /** Whether it was seen before that this root holds nothing that the toolchain refuses. */
  boolean isKnownToHoldNoOther(Toolchain toolchain) throws IOException {
    return cache.isKept() && cache.plans().answer(question(toolchain)).isPresent();
  }

  /** That it does not, which stays true as long as the layers have this key. */
  void holdsNoOther(Toolchain toolchain) throws IOException {
    cache.plans().keep(question(toolchain), List.of(key()));
  }

  private Sha256 question(Toolchain toolchain) {
    String text = "whonix2 no other compiler 1\n" + key() + "\n" + toolchain.digest() + "\n";
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  JobFolder job() {
    return job;
  }

  AptRoot apt() {
    return apt;
  }

  SubIds ids() {
    return cache.ids();
  }

  /** Whether a package of this name is installed. */
  boolean holds(String name) {
    return packages().stream().anyMatch(each -> each.name().toString().equals(name));
  }

  /** The key of its uppermost layer: what decides over the content of them all. */
  public Sha256 key() {
    return used.get(used.size() - 1);
  }

  /** All that is installed. */
  public List<ExactPackage> packages() {
    return layers.get(layers.size() - 1).manifest().packages();
  }

  /** As overlayfs wants them: the uppermost first. */
  List<Path> lower() {
    List<Path> roots = new ArrayList<>();
    layers.forEach(layer -> roots.add(0, layer.root()));
    return roots;
  }

  /** What is installed before anything of a source runs. */
  public InstalledPackages installed() throws IOException, MalformedInputException {
    Path status = layers.get(layers.size() - 1).status();
    try {
      byte[] text = AtomicFiles.read(status, MAX_STATUS_BYTES);
      return InstalledPackages.parse(new String(text, StandardCharsets.UTF_8));
    } catch (MalformedInputException e) {
      throw e.at(status.toString());
    }
  }

  /** Gives the layers back. */
  @Override
  public void close() throws IOException {
    for (Sha256 key : used) {
      cache.release(key);
    }
    used.clear();
  }
}
