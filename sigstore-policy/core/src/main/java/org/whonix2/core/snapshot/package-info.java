/**
 * Snapshots: all that a rebuilder says about a suite. What it signs is a small {@link
 * org.whonix2.core.statement.SnapshotHeader}, an entry of the log. It names by SHA-256 two blobs: a
 * canonical list of the suite's artifacts, the same for everybody who has the same index, and a
 * vector with one state for each entry of that list. {@link org.whonix2.core.snapshot.Snapshot}
 * joins the three and nothing else. A state is said of a SHA-256 in the signed list, never of a
 * name or a version: whoever holds the archive's key can make indexes, and no votes.
 *
 * <p>Every value has one encoding, and every reader refuses all others; so there is no general
 * compressor in it, whose output differs between versions.
 *
 * <h2>Canonical list</h2>
 *
 * Lines of ASCII, each with its line feed: {@code whonix2-list/v1}, then {@code name version
 * architecture sha256} for each artifact that the suite's Packages files name, strictly ascending
 * by bytes. No identity and no SHA-256 stands in it twice; an index in which one does has no list,
 * except that an artifact named twice alike counts once. Its digest without this code:
 *
 * <pre>{@code
 * (echo whonix2-list/v1
 *  awk '/^Package: /{p=$2} /^Version: /{v=$2} /^Architecture: /{a=$2} /^SHA256: /{print p,v,a,$2}' Packages |
 *    LC_ALL=C sort -u) | sha256sum
 * }</pre>
 *
 * <h2>State vector</h2>
 *
 * The line {@code whonix2-vector/v1}, the number of entries, runs, digests. A number has 7 bits a
 * byte, lowest first, the highest bit set in all bytes but the last. A run is {@code (length - 1) *
 * 5 + state}, with the states untried 0, agrees 1, inconclusive 2, mismatch 3, failed 4; two
 * neighbours have different states. For each inconclusive or mismatch, in order, 32 bytes follow:
 * the SHA-256 that the rebuilder got.
 *
 * <h2>Deltas</h2>
 *
 * A list delta: the line {@code whonix2-list-delta/v1}, the digests of the old list and the new one
 * (32 bytes each), the number of removed entries and for each the entries of the old list that it
 * skips, the number of added entries and for each, ascending, how many characters of {@code name
 * version architecture} it shares with the one before, how many follow, these, and its SHA-256.
 *
 * <p>A vector delta: the line {@code whonix2-vector-delta/v1}, the digests of old list, old vector,
 * new list and new vector, the number of changes, for each {@code skipped * 5 + state}, and then
 * the SHA-256 of each inconclusive or mismatch. It changes what is carried over: an entry that
 * stands in both lists, SHA-256 included, keeps its finding, and one that is new is untried.
 *
 * <p>A delta can come from anybody. It makes exactly what it names by digest, or nothing.
 *
 * <h2>Example</h2>
 *
 * The contents of the files are {@code bye}, {@code hello}, {@code doc}; the rebuilder got {@code
 * other doc} instead of the last. Then hello has a new version, whose documentation does not build.
 *
 * <pre>{@code
 * whonix2-list/v1
 * bye 2:1.0-1 all b49f425a7e1f9cff3856329ada223f2f9d368f15a00cf48df16ca95986137fe8
 * hello 2.10-3 amd64 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
 * hello-doc 2.10-3 all 139d544b821b13ebea14f1b0fe18577222e415c2966e3a3511c4196055232202
 *
 * list         0cd9a64f24bda5f6442b920b7cb75ecd7d04a7529a49249ebcdd09703b49fd5f
 * vector       "whonix2-vector/v1\n" 03 06 03 19872f32…ed485e
 * new list     138c2395f71e6c2e94cc5ca8ccb0651e787431b3867c28de82c01274f0e75be6
 * list delta   "whonix2-list-delta/v1\n" 0cd9a64f…49fd5f 138c2395…e75be6
 *              02 01 00  02  00 12 "hello 2.12-1 amd64" bf949020…558e6a
 *                            05 0f "-doc 2.12-1 all" 156fb2fd…df52e2
 * new vector   "whonix2-vector/v1\n" 03 01 00 04
 * vector delta "whonix2-vector-delta/v1\n" 0cd9a64f…49fd5f a7266c3e…2d1f
 *              138c2395…e75be6 82bc82b7…baaa7c  01 0e
 * }</pre>
 */
@NullMarked
package org.whonix2.core.snapshot;

import org.jspecify.annotations.NullMarked;
