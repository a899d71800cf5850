/**
 * Compiler environments as data. A toolchain is one YAML document, named and hashed; adding a
 * toolchain is adding a file:
 *
 * <pre>
 * apiVersion: toolchain.whonix2.org/v1
 * kind: Toolchain
 * metadata: {name: tcc-ddc, revision: 1}
 * hashClass: tcc-ddc                # artifacts of one class are comparable
 * versionSuffix: "+ddc"             # behind the versions of what it builds; none: the archive's
 * packages:                         # Debian packages put into the build root
 *   - {name: libc6-dev}             # versions: the exact ones that are this toolchain; none: any
 * compilerRoots: [gcc, clang, pcc]  # which roots its own compiler may come from
 * archiveRoot: gcc                  # the root of the compiler that the packages bring, if they do
 * plan: tcc                         # how the compiler is regenerated from the other roots
 * planDigest: "9d…"                 # where there is no archiveRoot: which bits come out depends on it
 * own: [/usr/bin/tcc]               # the packages' programs that are this compiler, as globs
 * others: [/usr/bin/*gcc*]          # compilers that no build may call unless they are own
 * commands:                         # what stands first in PATH
 *   - names: [cc, gcc, c99]
 *     runs: /opt/whonix2/tcc-ddc/tcc
 *     drop: ["-O*"]                 # arguments left out, as a shell's patterns
 *     dropPairs: ["-z"]             # left out together with the argument that follows
 *     first: []                     # arguments put before all others
 *     last: []                      # and after
 *     answers: {"-dumpmachine": x86_64-linux-gnu}   # to what is the only argument
 * environment: {LDFLAGS: ""}        # variables of every build
 * timeLimit: 30m                    # when a build is killed at the latest
 * knownLimits: [...]                # for people: what this toolchain does not prove
 * knownSources:                     # what was tried
 *   - {source: ed, version: "1.19-1", builds: true, note: "two builds are equal"}
 * </pre>
 *
 * A bootstrap plan says how a compiler is regenerated from several compiler roots, stage by stage.
 * Beside it lie a script of its name, which makes one stage, and the files that it names:
 *
 * <pre>
 * apiVersion: toolchain.whonix2.org/v1
 * kind: BootstrapPlan
 * metadata: {name: tcc, revision: 1}
 * makes: tcc-ddc                    # the toolchain whose compiler comes out
 * sources: [{name: tcc, version: "…"}]   # upstream: true without what Debian changes
 * packages: [make]                  # put into the root of every stage
 * files: [tcc-source-date-epoch.patch]
 * roots:                            # what compiles stage 1, and how many stages are made
 *   - {name: gcc, toolchain: gcc-12, stages: 3}
 * uses: 3                           # the stage that builds use
 * timeLimit: 10m                    # for one stage
 * outputs:
 *   - {file: tcc, path: /opt/whonix2/tcc-ddc/tcc, role: compiler, mode: "755"}
 * </pre>
 *
 * Every key is required but {@code versionSuffix}, {@code versions}, {@code archiveRoot}, {@code
 * plan}, {@code planDigest}, a source's {@code upstream} and an output's {@code logged}; none other
 * is known, none may occur twice; a document has at most 64 KiB and neither anchors nor tags. The
 * digest that attestations carry is the SHA-256 of a definition's bytes; a plan's is that over
 * {@code sha256sum}'s lines for the plan, its script and its files.
 */
@NullMarked
package org.whonix2.toolchain;

import org.jspecify.annotations.NullMarked;
