package org.whonix2.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.whonix2.core.MalformedInputException;

/** The published schema and the reader say the same of a document. */
class PolicySchemaTest {
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(
              SpecificationVersion.DRAFT_2020_12,
              registry ->
                  registry.schemaIdResolvers(
                      ids ->
                          ids.mapPrefix(
                              "https://whonix2.org/schema/", "classpath:org/whonix2/core/schema/")))
          .getSchema(SchemaLocation.of("https://whonix2.org/schema/update-policy.json"));

  private final PolicyText text = PolicyText.ofThree();

  private String everything() {
    return text.people("maintainers")
        + text.people("reviewers")
        + """
          source: {signers: keyrings/uploaders.pgp, sha256: "%s", minAge: 24h}
          silent: {atMost: 1}
          protect: [zsh]
          also: [{toolchain: clang-14, quorum: {threshold: 2, distinct: {cpuVendor: 2}}}]
          rules:
            - {packages: ["*"], toolchain: tcc-ddc, quorum: {distinct: {compilerRoot: 3}}}
            - {packages: ["zsh"], toolchain: gcc-12, also: [{toolchain: pcc, quorum: {any: [alpha, beta]}},
               {toolchain: clang-14, quorum: {threshold: 3, distinct: {cpuVendor: 2}}}]}
            - {packages: ["linux-image-*"], quorum: {all: [alpha, beta, gamma]}, veto: {operators: 1}}
            - {packages: ["*"], suites: [bookworm-security], quorum: {any: [{all: [alpha, beta]}, gamma]},
               source: {minAge: 1h}, relax: true, until: 2026-12-31T00:00:00Z, reason: in a hurry}
          exemptions:
            - {sha256: "%s", name: zsh, version: '5.9-4', architecture: amd64,
               reason: not reproducible, until: 2026-12-31T00:00:00Z}
          """
            .formatted(text.keyringDigest(), text.keyringDigest());
  }

  private static boolean fits(PolicyText document) throws Exception {
    Object loaded = new Load(LoadSettings.builder().build()).loadFromString(document.toString());
    String json = new ObjectMapper().writeValueAsString(loaded);
    return SCHEMA.validate(json, InputFormat.JSON).isEmpty();
  }

  @Test
  void bothTakeEveryKeyOfTheLanguage() throws Exception {
    assertThat(fits(text)).isTrue();
    PolicyText whole = text.with(everything());
    assertThat(whole.read().rules()).hasSize(4);
    assertThat(fits(whole)).isTrue();
    PolicyText grouped = text.withGroupedWitnesses();
    assertThat(grouped.read().witnesses().witnesses()).hasSize(4);
    assertThat(fits(grouped)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "apiVersion: policy.whonix2.org/v1 | apiVersion: policy.whonix2.org/v2",
        "kind: UpdatePolicy | kind: Policy",
        "serial: 7 | serial: 0",
        "serial: 7 | serial: '7'",
        "serial: 7, | ''",
        "name: gateway | name: 'a gateway'",
        "2027-06-01T00:00:00Z | tomorrow",
        "mode: enforce | mode: watch",
        "mode: enforce | mood: enforce",
        "http://127.0.0.1:8080 | ftp://127.0.0.1",
        "urls: [\"http://127.0.0.1:8080\"] | urls: []",
        "origin: log.example.org, | ''",
        "witnesses: {threshold: 2, | witnesses: {",
        "witnesses: {threshold: 2, | witnesses: {threshold: 0,",
        "witnesses: {threshold: 2, of: [ | witnesses: {threshold: 2, all: [",
        "operator: delta, | ''",
        "operator: alpha, | operator: alpha, vote: 2,",
        "jurisdiction: DE, | ''",
        "certificate: keys/r0.asc | certificate: ../r0.asc",
        "compilerRoots: [gcc, clang] | compilerRoots: []",
        "kernel: linux} | kernel: linux, libc: glibc}",
        "quorum: {threshold: 3 | quorum: {threshold: 0",
        "quorum: {threshold: 3 | quorum: {all: [alpha], any: [beta]",
        "quorum: {threshold: 3, | quorum: {",
        "cpuVendor: 1} | cpuVendor: 0}",
        "cpuVendor: 1} | hostName: 1}",
        "veto: {operators: 1} | veto: {}",
        "freshness: {maxAge: 7d} | freshness: {maxAge: 7}",
        "minAge: 24h | minAge: 0h",
        "sha256: \" | sha256: \"0",
        "also: [{toolchain: clang-14, | also: [{",
        "also: [{toolchain: clang-14, | also: [{toolchain: Clang,",
        "also: [{toolchain: clang-14, | also: [{toolchain: clang-14, hashClass: clang-14,",
        "also: [{toolchain: clang-14, quorum: {threshold: 2, | also: [{toolchain: clang-14, quorum: {",
        "also: [{toolchain: pcc, quorum: {any: [alpha, beta]}} | also: [{toolchain: pcc}",
        "also: [{toolchain: pcc, quorum: {any: [alpha, beta]}} | also: [pcc",
        "silent: {atMost: 1} | silent: {atMost: -1}",
        "protect: [zsh] | protect: [Zsh]",
        "protect: [zsh] | protect: [zsh, zsh]",
        "packages: [\"linux-image-*\"], | ''",
        "packages: [\"linux-image-*\"] | packages: []",
        "toolchain: tcc-ddc | toolchain: TCC",
        "relax: true, | ''",
        "relax: true | relax: false",
        ", reason: in a hurry | ''",
        "reason: in a hurry | reason: ' in a hurry'",
        "reason: in a hurry | reason: \"in a\\u202e hurry\"",
        "until: 2026-12-31T00:00:00Z | until: 2026-13-31T00:00:00Z",
        "distinct: {compilerRoot: 3} | distinct: {compilers: 3}",
        "version: '5.9-4', | ''",
        "name: m1, | ''",
        "reviewers: | reviewer:",
      })
  void bothRefuseWhatIsMalformed(String good, String bad) throws Exception {
    PolicyText document = text.with(everything());
    PolicyText broken = document.replacing(good, bad);
    assertThatExceptionOfType(MalformedInputException.class).isThrownBy(broken::read);
    assertThat(fits(broken)).isFalse();
  }
}
