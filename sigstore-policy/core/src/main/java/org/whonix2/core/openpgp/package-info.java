/**
 * OpenPGP certificates, detached signatures and signed texts (RFC 9580; version 4 packets as RFC
 * 4880 has them).
 *
 * <p>A signature here is one binary signature packet of type 0x00 (binary document) over the
 * message's bytes, hashed with SHA-256, SHA-384 or SHA-512, made by Ed25519 or by RSA of at least
 * 2048 bits. Versions 4 (Ed25519 as algorithm 22 or 27) and 6 (algorithm 27, with the salt) are
 * verified, and one never under a key of the other. Ours are of version 4, by algorithm 22, which
 * GnuPG 2.2 reads, and 119 bytes in the usual case: header 2, fixed fields 4, hashed area with
 * creation time, issuer fingerprint and issuer key id, an empty unhashed area, the digest's first
 * two bytes, two numbers. A certificate of ours:
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
 * <p>A revocation counts whatever its date and its hash. Hard ones (reason "compromised", unknown
 * or none) void all that the key ever signed, soft ones ("superseded", "retired", "user id no
 * longer valid") what came behind them in the log: {@link org.whonix2.core.openpgp.KeyHistory} has
 * the rules, and outside of logs both count alike. Designated revokers are not supported.
 *
 * <p>Other people's documents, such as a .dsc ({@link org.whonix2.core.openpgp.SignedText}, the
 * cleartext framework), are signed by whoever a keyring knows, and judged at the time that they
 * claim themselves: {@link org.whonix2.core.openpgp.SignerSearch} has the rules.
 */
@NullMarked
package org.whonix2.core.openpgp;

import org.jspecify.annotations.NullMarked;
