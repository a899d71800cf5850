/**
 * What a build is made from: from what a user asks for to verified files. Nothing of a source runs
 * here.
 *
 * <p>A source comes from the archive, verified down to the archive's key, and each file once more
 * on disk. Its .dsc is besides a text that an uploader signed (RFC 9580, section 7): the signature
 * is verified against the keyrings of Debian's own package debian-keyring, which comes from the
 * same archive, and what the .dsc says must be what the archive's index says. Who signed goes into
 * the attestation; nobody, if that cannot be told.
 *
 * <p>A binary-only rebuild ({@code +b1}) is built from the same source with one more entry in its
 * changelog; it must be the very entry that the archive's packages were built with:
 *
 * <pre>
 * bzip2 (1.0.8-5+b1) sid; urgency=low, binary-only=yes
 *
 *   * Rebuild against dpkg-dev with #1000421 fixed
 *
 *  -- amd64 / i386 Build Daemon &lt;buildd@example.org&gt;  Mon, 19 Sep 2022 02:54:09 +0000
 * </pre>
 *
 * <p>A source that is kept in Git comes by {@link org.whonix2.rebuilder.git}: no archive vouches
 * for it, so the signature of its tag must be a known one's.
 *
 * <p>A {@code .buildinfo} (deb-buildinfo(5)) names a source, all installed build dependencies with
 * their versions, and what came out.
 */
@NullMarked
package org.whonix2.rebuilder.input;

import org.jspecify.annotations.NullMarked;
