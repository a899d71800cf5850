package org.whonix2.core.policy;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.VerifierKey;
import org.whonix2.core.log.Witness;
import org.whonix2.core.log.WitnessQuorum;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.yaml.StrictYaml;
import org.whonix2.core.yaml.YamlFields;

/** Reads one policy document. */
final class PolicyReader {
  private static final int MAX_URLS = 16;
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern CERTIFICATE_PATH =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){0,7}");

  /** Words of the policy language that weaken or strengthen a verdict and are not acted on yet. */
  private static final List<String> NOT_BUILT =
      List.of(
          "maintainers",
          "source",
          "silent",
          "reviewers",
          "rules",
          "exemptions",
          "format",
          "identity",
          "transport");

  private final UpdatePolicy.CertificateFiles certificates;

  private PolicyReader(UpdatePolicy.CertificateFiles certificates) {
    this.certificates = certificates;
  }

  static UpdatePolicy read(byte[] yaml, UpdatePolicy.CertificateFiles certificates)
      throws MalformedInputException, IOException {
    return new PolicyReader(certificates).read(StrictYaml.mapping(yaml, UpdatePolicy.MAX_BYTES));
  }

  private UpdatePolicy read(YamlFields policy) throws MalformedInputException, IOException {
    policy.oneOf("apiVersion", Set.of("policy.whonix2.org/v1"));
    policy.oneOf("kind", Set.of("UpdatePolicy"));
    for (String word : NOT_BUILT) {
      if (policy.has(word)) {
        throw policy.unexpected(
            word, "no such key: it is not built yet, and a policy is obeyed whole or not at all");
      }
    }
    Mode mode = policy.parsed("mode", Mode::parse);
    YamlFields metadata = policy.mapping("metadata");
    YamlFields veto = policy.mapping("veto");
    YamlFields freshness = policy.mapping("freshness");
    List<LogSource> logs = policy.mappings("logs", PolicyReader::readLog);
    WitnessQuorum witnesses = readWitnesses(policy.mapping("witnesses"));
    List<DeclaredRebuilder> declared = policy.mappings("rebuilders", DeclaredRebuilder::read);
    Quorum quorum = readQuorum(policy.mapping("quorum"));
    List<PackageName> protect =
        policy.has("protect") ? policy.list("protect", PackageName::parse) : List.of();
    if (logs.isEmpty()) {
      throw policy.unexpected("logs", "at least one log");
    }
    if (declared.isEmpty()) {
      throw policy.unexpected("rebuilders", "at least one rebuilder");
    }
    once(policy, "protect", protect, name -> name);
    once(policy, "logs", logs, LogSource::origin);
    once(policy, "logs", logs, log -> log.log().keys());
    once(policy, "rebuilders", declared, DeclaredRebuilder::name);
    once(policy, "rebuilders", declared, DeclaredRebuilder::fingerprint);
    UpdatePolicy read =
        new UpdatePolicy(
            metadata.parsed("name", PolicyReader::word),
            metadata.number("serial", 1),
            metadata.instant("expires"),
            mode,
            logs,
            witnesses,
            withCertificates(declared),
            quorum,
            veto.number("operators", 1),
            freshness.duration("maxAge"),
            new TreeSet<>(protect));
    metadata.end();
    veto.end();
    freshness.end();
    policy.end();
    return read;
  }

  private static LogSource readLog(YamlFields log) throws MalformedInputException {
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

  private static WitnessQuorum readWitnesses(YamlFields witnesses) throws MalformedInputException {
    List<Witness> members =
        witnesses.mappings(
            "of",
            fields ->
                new Witness(
                    fields.parsed("name", PolicyReader::word),
                    fields.parsed("operator", PolicyReader::word),
                    fields.parsed("key", VerifierKey::parse)));
    int threshold = witnesses.number("threshold", 1);
    witnesses.end();
    try {
      return new WitnessQuorum(threshold, members);
    } catch (IllegalArgumentException e) {
      throw witnesses.complaint(String.valueOf(e.getMessage()));
    }
  }

  private static Quorum readQuorum(YamlFields quorum) throws MalformedInputException {
    Map<Dimension, Integer> distinct = new EnumMap<>(Dimension.class);
    if (quorum.has("distinct")) {
      YamlFields fields = quorum.mapping("distinct");
      for (Dimension dimension : Dimension.values()) {
        if (fields.has(dimension.key())) {
          distinct.put(dimension, fields.number(dimension.key(), 1));
        }
      }
      fields.end();
    }
    Quorum read = new Quorum(quorum.number("threshold", 1), distinct);
    quorum.end();
    return read;
  }

  /** A rebuilder's entry before its certificate is read. */
  private record DeclaredRebuilder(
      String name,
      String operator,
      String jurisdiction,
      Fingerprint fingerprint,
      String certificate,
      String tool,
      Rebuilder.DeclaredPlatform platform,
      List<String> compilerRoots) {
    static DeclaredRebuilder read(YamlFields fields) throws MalformedInputException {
      YamlFields platform = fields.mapping("platform");
      DeclaredRebuilder rebuilder =
          new DeclaredRebuilder(
              fields.parsed("name", PolicyReader::word),
              fields.parsed("operator", PolicyReader::word),
              fields.parsed("jurisdiction", PolicyReader::word),
              fields.parsed("fingerprint", Fingerprint::parse),
              fields.parsed("certificate", PolicyReader::certificatePath),
              fields.parsed("tool", PolicyReader::word),
              new Rebuilder.DeclaredPlatform(
                  platform.parsed("architecture", PolicyReader::word),
                  platform.parsed("cpuVendor", PolicyReader::word),
                  platform.parsed("kernel", PolicyReader::word)),
              fields.list("compilerRoots", PolicyReader::word));
      platform.end();
      if (rebuilder.compilerRoots.isEmpty()) {
        throw fields.unexpected("compilerRoots", "at least one compiler root");
      }
      return rebuilder;
    }
  }

  private List<Rebuilder> withCertificates(List<DeclaredRebuilder> declared)
      throws MalformedInputException, IOException {
    List<Rebuilder> rebuilders = new ArrayList<>();
    for (DeclaredRebuilder rebuilder : declared) {
      rebuilders.add(
          new Rebuilder(
              rebuilder.name,
              rebuilder.operator,
              rebuilder.jurisdiction,
              certificate(rebuilder),
              rebuilder.tool,
              rebuilder.platform,
              Set.copyOf(new HashSet<>(rebuilder.compilerRoots))));
    }
    return rebuilders;
  }

  private Certificate certificate(DeclaredRebuilder rebuilder)
      throws MalformedInputException, IOException {
    String place = "certificate " + rebuilder.certificate + " of " + rebuilder.name;
    Certificate certificate;
    try {
      certificate = Certificate.parse(certificates.read(rebuilder.certificate));
    } catch (MalformedInputException e) {
      throw e.at(place);
    }
    if (!certificate.fingerprint().equals(rebuilder.fingerprint)) {
      throw new MalformedInputException(
          place
              + ": expected the fingerprint "
              + rebuilder.fingerprint
              + ", found "
              + certificate.fingerprint());
    }
    return certificate;
  }

  private static <T, K> void once(
      YamlFields policy, String key, List<T> items, Function<T, K> identity)
      throws MalformedInputException {
    Set<K> seen = new HashSet<>();
    for (T item : items) {
      K value = identity.apply(item);
      if (!seen.add(value)) {
        throw policy.unexpected(key, "each of them once; " + value + " stands there twice");
      }
    }
  }

  private static String word(String text) throws MalformedInputException {
    if (!WORD.matcher(text).matches()) {
      throw new MalformedInputException(
          "expected up to 64 letters, digits, '.', '_' and '-', found " + Quoted.of(text));
    }
    return text;
  }

  private static String certificatePath(String text) throws MalformedInputException {
    if (!CERTIFICATE_PATH.matcher(text).matches()) {
      throw new MalformedInputException(
          "expected a file name relative to the policy, without '..', found " + Quoted.of(text));
    }
    return text;
  }
}
