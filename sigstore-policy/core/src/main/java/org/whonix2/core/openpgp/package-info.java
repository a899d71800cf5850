/**
 * OpenPGP certificates and detached signatures (RFC 9580; version 4 packets as RFC 4880 has them).
 *
 * <p>A signature here is one binary version 4 signature packet of type 0x00 (binary document) over
 * the message's bytes, hashed with SHA-256, SHA-384 or SHA-512, made by Ed25519 (algorithm 22,
 * which GnuPG 2.2 reads) or by RSA of at least 2048 bits. Ours are 119 bytes in the usual case:
 * header 2, fixed fields 4, hashed area with creation time, issuer fingerprint and issuer key id,
 * an empty unhashed area, the digest's first two bytes, two numbers. A certificate of ours:
 *
 * <pre>
 *   public key, Ed25519, flags certify, never expires
 *     user id "alpha-1", self-signature 0x13
 *   public subkey, Ed25519, flags sign, expires
 *     binding 0x18 with the subkey's back-signature 0x19 embedded
 * </pre>
 *
 * <p>A packet's header does not matter (old or new format, length in one octet or five); its body
 * must be in the one canonical encoding. Of the unhashed area two things are looked at, and neither
 * can turn bad into good: the issuer, for the wording of a refusal only, and the back-signature,
 * which proves itself. Nothing else there decides anything.
 *
 * <p>A revocation counts whatever its reason, its date and its hash: whether a soft one leaves
 * older signatures standing is not for this package to say. Designated revokers are not supported.
 */
@NullMarked
package org.whonix2.core.openpgp;

import org.jspecify.annotations.NullMarked;
