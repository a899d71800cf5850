/**
 * What the owner of a box decided: whom to believe, and how many of them it takes.
 *
 * <p>An {@link org.whonix2.core.policy.UpdatePolicy} is read from YAML and is complete and
 * consistent once it exists; there are no defaults for whom to trust. Example:
 *
 * <pre>{@code
 * apiVersion: policy.whonix2.org/v1
 * kind: UpdatePolicy
 * metadata: {name: gateway, serial: 1, expires: 2027-06-01T00:00:00Z}
 * mode: enforce
 * logs: [{origin: log.example.org/bookworm, key: "<vkey>", urls: ["https://log.example.org"]}]
 * witnesses: {threshold: 2, of: [{name: w1, operator: alpha, key: "<vkey>"}, …]}
 * rebuilders:
 *   - {name: alpha-1, operator: alpha, jurisdiction: DE, fingerprint: "…", certificate: keys/alpha-1.asc,
 *      tool: whonix2-rebuilder, platform: {architecture: amd64, cpuVendor: AMD, kernel: linux},
 *      compilerRoots: [gcc]}
 * quorum: {threshold: 3, distinct: {jurisdiction: 2}}
 * also: [{toolchain: clang-14, quorum: {threshold: 2}}]
 * veto: {operators: 1}
 * freshness: {maxAge: 7d}
 * protect: [openjdk-17-jre-headless]
 * }</pre>
 *
 * <p>docs/policy.md tells every key. The words {@code format}, {@code identity} and {@code
 * transport} are reserved, and refused until something acts on them.
 */
@NullMarked
package org.whonix2.core.policy;

import org.jspecify.annotations.NullMarked;
