/**
 * Compiler environments as data. A toolchain is one YAML document, named and hashed; adding a
 * toolchain is adding a file:
 *
 * <pre>
 * apiVersion: toolchain.whonix2.org/v1
 * kind: Toolchain
 * metadata: {name: gcc-12}
 * hashClass: gcc-12                            # artifacts of one class are comparable
 * packages: [build-essential, gcc-12, g++-12]  # Debian packages put into the build root
 * compilerRoots: [gcc]                         # which roots its own compiler may come from
 * knownLimits: [...]                           # for people: what this toolchain does not prove
 * </pre>
 *
 * Every key is required, none other is known, none may occur twice; a document has at most 64 KiB
 * and neither anchors nor tags. The digest that attestations carry is the SHA-256 of the file's
 * bytes.
 */
@NullMarked
package org.whonix2.toolchain;

import org.jspecify.annotations.NullMarked;
