/**
 * What parties sign: in-toto statements (Statement v1) with the predicates of this system, one
 * record each; {@link org.whonix2.core.statement.StatementKind} lists them. The JSON Schemas are in
 * {@code org/whonix2/core/schema/}, and {@code docs/formats.md} has a table for each.
 *
 * <p>A {@link org.whonix2.core.statement.RebuildAttestation} is SLSA provenance v1 with the build
 * type {@value org.whonix2.core.statement.Rebuild#BUILD_TYPE}. It says what came out of one rebuild
 * and is no judgement. Shortened:
 *
 * <pre>{@code
 * {"_type": "https://in-toto.io/Statement/v1",
 *  "subject": [{"name": "net-tools_2.10-0.1+deb12u2_amd64.deb",
 *               "uri": "pkg:deb/debian/net-tools@2.10-0.1%2Bdeb12u2?arch=amd64&distro=bookworm",
 *               "digest": {"sha256": "…"}, "annotations": {"size": 242660}}],
 *  "predicateType": "https://slsa.dev/provenance/v1",
 *  "predicate": {
 *   "buildDefinition": {
 *    "buildType": "https://whonix2.org/buildtype/debian-rebuild/v1",
 *    "externalParameters": {"source": {"uri": "pkg:deb/debian/net-tools@…?arch=source&…", "digest": {…}},
 *      "suite": "bookworm", "architecture": "amd64",
 *      "toolchain": {"name": "gcc-12", "digest": {…}}, "profile": ""},
 *    "internalParameters": {"compilerRoot": "gcc", "platform": {…}, "environment": {"digest": {…}},
 *      "rebuildTool": "whonix2-rebuilder", "sequence": 7},
 *    "resolvedDependencies": [{"name": "net-tools_2.10-0.1+deb12u2.dsc", "digest": {…}}, …]},
 *   "runDetails": {"builder": {"id": "openpgp4fpr:<fingerprint>"}, "metadata": {…},
 *    "byproducts": [{"name": "build.log", "mediaType": "text/plain", "digest": {…}}]}}}
 * }</pre>
 *
 * <p>A {@link org.whonix2.core.statement.CompilerBootstrap} is the same predicate with the build
 * type {@value org.whonix2.core.statement.CompilerBootstrap#BUILD_TYPE}: one stage of a compiler
 * that was built from its source. Its subjects are the compiler's files. Shortened:
 *
 * <pre>{@code
 * "subject": [{"name": "/opt/whonix2/tcc-ddc/tcc", "digest": {"sha256": "…"},
 *              "annotations": {"size": 402136, "role": "compiler"}}, …]
 * "externalParameters": {"plan": {"name": "tcc", "digest": {…}},
 *   "makes": {"name": "tcc-ddc", "digest": {…}},
 *   "sources": [{"uri": "pkg:deb/debian/tcc@…?arch=source&…", "digest": {…}}],
 *   "suite": "bookworm", "architecture": "amd64", "stage": 2}
 * "internalParameters": {"compilerRoot": "clang",
 *   "rootToolchain": {"name": "clang-14", "digest": {…}}, "earlier": [{"digest": {…}}],
 *   "libcDev": "2.36-9+deb12u10", "platform": {…}, …}
 * }</pre>
 */
@NullMarked
package org.whonix2.core.statement;

import org.jspecify.annotations.NullMarked;
