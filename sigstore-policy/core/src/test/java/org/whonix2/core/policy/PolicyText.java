package org.whonix2.core.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.SecretKey;

/** A policy document of three rebuilders, to be changed by tests. Keys are made once. */
public final class PolicyText {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant MADE = Instant.parse("2026-11-01T00:00:00Z");
  private static final Map<String, SecretKey> KEYS = new HashMap<>();
  private static final Map<String, byte[]> FILES = new HashMap<>();
  private static final Map<String, String> VKEYS = new HashMap<>();

  private final String yaml;

  private PolicyText(String yaml) {
    this.yaml = yaml;
  }

  /** The key of the rebuilder or person of that name. */
  public static synchronized SecretKey key(String name) {
    return KEYS.computeIfAbsent(
        name,
        unknown -> {
          try {
            SecretKey key = SecretKey.generate(name, MADE, Duration.ofDays(365));
            FILES.put(
                "keys/" + name + ".asc",
                key.certificate().toArmored().getBytes(StandardCharsets.US_ASCII));
            return key;
          } catch (MalformedInputException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** Another file beside the policy. */
  static synchronized void replace(String path, Certificate certificate) {
    FILES.put(path, certificate.toArmored().getBytes(StandardCharsets.US_ASCII));
  }

  static Fingerprint fingerprint(String name) {
    return key(name).certificate().fingerprint();
  }

  private static synchronized String vkey(String name, SignatureType type) {
    return VKEYS.computeIfAbsent(
        name,
        unknown -> {
          try {
            return SigningKey.generate(name, type, RANDOM).verifierKey().toString();
          } catch (MalformedInputException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static String witness(String name, String operator) {
    return "{name: %s, operator: %s, key: \"%s\"}"
        .formatted(name, operator, vkey(name, SignatureType.COSIGNATURE));
  }

  /** A log of that origin whose key has that name. */
  static String log(String origin, String key) {
    return "{origin: %s, key: \"%s\", urls: [\"http://127.0.0.1:8080\"]}"
        .formatted(origin, vkey(key, SignatureType.ED25519));
  }

  private static String rebuilder(String name, String operator, String jurisdiction) {
    return """
          - {name: %s, operator: %s, jurisdiction: %s, fingerprint: "%s", certificate: keys/%s.asc,
             tool: whonix2-rebuilder, platform: {architecture: amd64, cpuVendor: AMD, kernel: linux},
             compilerRoots: [gcc, clang]}
        """
        .formatted(name, operator, jurisdiction, fingerprint(name), name);
  }

  public static PolicyText ofThree() {
    return new PolicyText(
        """
        apiVersion: policy.whonix2.org/v1
        kind: UpdatePolicy
        metadata: {name: gateway, serial: 7, expires: 2027-06-01T00:00:00Z}
        mode: enforce
        logs: [%s]
        witnesses: {threshold: 2, of: [%s, %s]}
        rebuilders:
        %s%s%squorum: {threshold: 3, distinct: {jurisdiction: 2, cpuVendor: 1}}
        veto: {operators: 1}
        freshness: {maxAge: 7d}
        """
            .formatted(
                log("log.example.org", "log.example.org"),
                witness("w1", "delta"),
                witness("w2", "epsilon"),
                rebuilder("r0", "alpha", "DE"),
                rebuilder("r1", "beta", "FR"),
                rebuilder("r2", "gamma", "IS")));
  }

  public PolicyText with(String more) {
    return new PolicyText(yaml + more);
  }

  public PolicyText replacing(String old, String other) {
    if (!yaml.contains(old)) {
      throw new AssertionError("not in the policy: " + old);
    }
    return new PolicyText(yaml.replace(old, other));
  }

  PolicyText withGroupedWitnesses() {
    return new PolicyText(
        yaml.replaceFirst(
            "witnesses: .*\n",
            "witnesses: {all: [%s, %s, {any: [%s, %s]}]}\n"
                .formatted(
                    witness("w1", "delta"),
                    witness("w1b", "delta"),
                    witness("w2", "epsilon"),
                    witness("w3", "zeta"))));
  }

  /** Two of three people under this key. */
  String people(String key) {
    StringBuilder people = new StringBuilder(key + ":\n  threshold: 2\n  of:\n");
    for (int i = 0; i < 3; i++) {
      people.append(
          "    - {name: m%d, fingerprint: \"%s\", certificate: keys/m%d.asc}\n"
              .formatted(i, fingerprint("m" + i), i));
    }
    return people.toString();
  }

  /** Of the file keyrings/uploaders.pgp, which holds one certificate. */
  Sha256 keyringDigest() {
    return Sha256.of(key("uploader").certificate().toBytes());
  }

  private static byte @Nullable [] file(String path) {
    return path.equals("keyrings/uploaders.pgp")
        ? key("uploader").certificate().toBytes()
        : FILES.get(path);
  }

  public UpdatePolicy read() throws MalformedInputException, IOException {
    return UpdatePolicy.parse(
        yaml.getBytes(StandardCharsets.UTF_8),
        (path, most) -> {
          byte[] file = file(path);
          if (file == null) {
            throw new NoSuchFileException(path);
          }
          return file;
        });
  }

  @Override
  public String toString() {
    return yaml;
  }
}
