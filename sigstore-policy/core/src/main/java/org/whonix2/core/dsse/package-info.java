/**
 * DSSE envelopes (version 1.0 of "Dead Simple Signing Envelope"), signed with OpenPGP.
 *
 * <p>What is signed is the pre-authentication encoding, all lengths in bytes and in decimal:
 *
 * <pre>
 *   PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body
 *   DSSEv1 29 http://example.com/HelloWorld 11 hello world
 * </pre>
 *
 * <p>An envelope of ours is one line of JSON of at most 65,535 bytes, so that it fits a log entry.
 * {@code sig} is one binary OpenPGP signature packet over the PAE, {@code keyid} the fingerprint of
 * the signer's primary key, which only helps to find the certificate:
 *
 * <pre>
 *   {"payload":"eyJfdHlwZSI6…","payloadType":"application/vnd.in-toto+json",
 *    "signatures":[{"keyid":"0123456789abcdef0123456789abcdef01234567","sig":"iHUEABYKAB0W…"}]}
 * </pre>
 *
 * <p>Base64 is read in the standard alphabet with padding or in the URL-safe one with or without
 * it, never mixed, and only in its one canonical form; it is written in the standard one.
 */
@NullMarked
package org.whonix2.core.dsse;

import org.jspecify.annotations.NullMarked;
