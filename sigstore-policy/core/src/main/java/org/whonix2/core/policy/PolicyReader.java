package org.whonix2.core.policy;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.core.log.Witness;
import org.whonix2.core.log.WitnessQuorum;
import org.whonix2.core.openpgp.Keyring;
import org.whonix2.core.quorum.Group;
import org.whonix2.core.yaml.StrictYaml;
import org.whonix2.core.yaml.YamlFields;

/** Reads one policy document. */
final class PolicyReader {
  private static final int MAX_URLS = 16;

  private final UpdatePolicy.NamedFiles files;
  private final YamlFields policy;

  private PolicyReader(UpdatePolicy.NamedFiles files, YamlFields policy) {
    this.files = files;
    this.policy = policy;
  }

  static UpdatePolicy read(byte[] yaml, UpdatePolicy.NamedFiles files)
      throws MalformedInputException, IOException {
    return new PolicyReader(files, StrictYaml.mapping(yaml, UpdatePolicy.MAX_BYTES)).read();
  }

  private UpdatePolicy read() throws MalformedInputException, IOException {
    policy.oneOf("apiVersion", Set.of("policy.whonix2.org/v1"));
    policy.oneOf("kind", Set.of("UpdatePolicy"));
    Words.refuseReserved(policy);
    Mode mode = policy.parsed("mode", Mode::parse);
    YamlFields metadata = policy.mapping("metadata");
    YamlFields freshness = policy.mapping("freshness");
    List<LogSource> logs = readLogs();
    WitnessQuorum witnesses = readWitnesses(policy.mapping("witnesses"));
    List<DeclaredRebuilder> declared = readRebuilders();
    RuleReader ruleReader =
        new RuleReader(
            declared.stream()
                .map(DeclaredRebuilder::operator)
                .collect(Collectors.toCollection(TreeSet::new)));
    DeclaredSource source = readSource();
    Demands demands = ruleReader.demands(policy, source.minAge);
    List<PolicyRule> rules = ruleReader.rules(policy, demands);
    List<HashExemption> exemptions = readExemptions();
    OptionalInt silent = readSilent(declared.size());
    DeclaredSignatories maintainers = readSignatories("maintainers");
    DeclaredSignatories reviewers = readSignatories("reviewers");
    List<PackageName> protect =
        policy.has("protect") ? policy.list("protect", PackageName::parse) : List.of();
    Once.check(policy, "protect", protect, name -> name);
    String name = metadata.parsed("name", Words::name);
    int serial = metadata.number("serial", 1);
    var expires = metadata.instant("expires");
    Duration maxAge = freshness.duration("maxAge");
    metadata.end();
    freshness.end();
    policy.end();
    // Files are read last: a document with a defect costs none.
    List<Rebuilder> rebuilders = new ArrayList<>();
    for (DeclaredRebuilder rebuilder : declared) {
      rebuilders.add(rebuilder.load(files));
    }
    try {
      return new UpdatePolicy(
          name,
          serial,
          expires,
          maintainers.load(files),
          mode,
          logs,
          witnesses,
          rebuilders,
          source.load(files),
          demands,
          rules,
          exemptions,
          reviewers.load(files),
          silent,
          maxAge,
          new TreeSet<>(protect));
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException("the policy contradicts itself: " + e.getMessage(), e);
    }
  }

  private List<LogSource> readLogs() throws MalformedInputException {
    List<LogSource> logs = policy.mappings("logs", PolicyReader::readLog);
    if (logs.isEmpty()) {
      throw policy.unexpected("logs", "at least one log");
    }
    Once.check(policy, "logs", logs, LogSource::origin);
    Once.check(policy, "logs", logs, log -> log.log().keys());
    return logs;
  }

  private static LogSource readLog(YamlFields log) throws MalformedInputException {
    Words.refuseReserved(log);
    List<URI> urls = log.list("urls", PolicyReader::url);
    if (urls.isEmpty() || urls.size() > MAX_URLS) {
      throw log.unexpected("urls", "1 to " + MAX_URLS + " addresses");
    }
    String origin = log.string("origin");
    VerifierKey key = log.parsed("key", VerifierKey::parse);
    try {
      return new LogSource(new TrustedLog(origin, List.of(key)), urls);
    } catch (IllegalArgumentException e) {
      throw log.complaint(String.valueOf(e.getMessage()));
    }
  }

  private static URI url(String text) throws MalformedInputException {
    try {
      URI url = new URI(text);
      boolean plain =
          ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
              && url.getHost() != null
              && url.getUserInfo() == null
              && url.getQuery() == null
              && url.getFragment() == null;
      if (plain) {
        return url;
      }
    } catch (URISyntaxException e) {
      throw new MalformedInputException("not an address: " + Quoted.message(e), e);
    }
    throw new MalformedInputException(
        "expected an http or https address of host and path only, found " + Quoted.of(text));
  }

  private static WitnessQuorum readWitnesses(YamlFields fields) throws MalformedInputException {
    List<Witness> members = new ArrayList<>();
    Group operators =
        GroupReader.ofDefinitions(
                witness -> {
                  String operator = witness.parsed("operator", Words::name);
                  members.add(
                      new Witness(
                          witness.parsed("name", Words::name),
                          operator,
                          witness.parsed("key", VerifierKey::parse)));
                  return new Group.Member(operator);
                })
            .read(fields);
    fields.end();
    try {
      return new WitnessQuorum(operators, members);
    } catch (IllegalArgumentException e) {
      throw fields.complaint(String.valueOf(e.getMessage()));
    }
  }

  private List<DeclaredRebuilder> readRebuilders() throws MalformedInputException {
    List<DeclaredRebuilder> declared = policy.mappings("rebuilders", DeclaredRebuilder::read);
    if (declared.isEmpty()) {
      throw policy.unexpected("rebuilders", "at least one rebuilder");
    }
    PinnedCertificate.checkOnce(
        policy, "rebuilders", declared.stream().map(DeclaredRebuilder::key).toList());
    return declared;
  }

  /** Whose source packages count, before the keyring is read. */
  private record DeclaredSource(
      Optional<String> signers, Optional<Sha256> sha256, Duration minAge) {
    Optional<SourceSigners> load(UpdatePolicy.NamedFiles files)
        throws MalformedInputException, IOException {
      if (signers.isEmpty() || sha256.isEmpty()) {
        return Optional.empty();
      }
      byte[] file = files.read(signers.get(), Keyring.MAX_BYTES);
      Sha256 found = Sha256.of(file);
      if (!found.equals(sha256.get())) {
        throw new MalformedInputException(
            "keyring " + signers.get() + ": expected SHA-256 " + sha256.get() + ", found " + found);
      }
      try {
        return Optional.of(new SourceSigners(Keyring.parse(file), found));
      } catch (MalformedInputException e) {
        throw e.at("keyring " + signers.get());
      }
    }
  }

  private DeclaredSource readSource() throws MalformedInputException {
    if (!policy.has("source")) {
      return new DeclaredSource(Optional.empty(), Optional.empty(), Duration.ZERO);
    }
    YamlFields source = policy.mapping("source");
    DeclaredSource declared =
        new DeclaredSource(
            Optional.of(source.parsed("signers", Words::file)),
            Optional.of(source.parsed("sha256", Sha256::parse)),
            source.has("minAge") ? source.duration("minAge") : Duration.ZERO);
    source.end();
    return declared;
  }

  private List<HashExemption> readExemptions() throws MalformedInputException {
    if (!policy.has("exemptions")) {
      return List.of();
    }
    List<HashExemption> exemptions =
        policy.mappings(
            "exemptions",
            fields ->
                new HashExemption(
                    fields.parsed("sha256", Sha256::parse),
                    new PackageIdentity(
                        fields.parsed("name", PackageName::parse),
                        fields.parsed("version", PackageVersion::parse),
                        fields.parsed("architecture", Architecture::parse)),
                    fields.parsed("reason", Words::reason),
                    fields.instant("until")));
    Once.check(policy, "exemptions", exemptions, HashExemption::artifact);
    return exemptions;
  }

  private OptionalInt readSilent(int rebuilders) throws MalformedInputException {
    if (!policy.has("silent")) {
      return OptionalInt.empty();
    }
    YamlFields silent = policy.mapping("silent");
    int atMost = silent.number("atMost", 0);
    if (atMost >= rebuilders) {
      throw silent.unexpected("atMost", "fewer than all " + rebuilders + " rebuilders");
    }
    silent.end();
    return OptionalInt.of(atMost);
  }

  /** People before their certificates are read. */
  private record DeclaredSignatories(Optional<Group> group, List<PinnedCertificate> people) {
    Signatories load(UpdatePolicy.NamedFiles files) throws MalformedInputException, IOException {
      List<Signatories.Signatory> loaded = new ArrayList<>();
      for (PinnedCertificate person : people) {
        loaded.add(new Signatories.Signatory(person.name(), person.load(files)));
      }
      return new Signatories(group, loaded);
    }
  }

  private DeclaredSignatories readSignatories(String key) throws MalformedInputException {
    if (!policy.has(key)) {
      return new DeclaredSignatories(Optional.empty(), List.of());
    }
    YamlFields fields = policy.mapping(key);
    List<PinnedCertificate> people = new ArrayList<>();
    Group group =
        GroupReader.ofDefinitions(
                person -> {
                  PinnedCertificate pinned = PinnedCertificate.read(person);
                  people.add(pinned);
                  return new Group.Member(pinned.name());
                })
            .read(fields);
    fields.end();
    PinnedCertificate.checkOnce(policy, key, people);
    return new DeclaredSignatories(Optional.of(group), people);
  }
}
