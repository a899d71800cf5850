/**
 * The command {@code whonix2-attestation-server}. A command parses its line, wires the objects,
 * prints what was asked for on standard output, and gives an exit code.
 *
 * <pre>
 * whonix2-attestation-server keygen --name log.example.org/bookworm --out log.key
 * whonix2-attestation-server keygen --operator "Log Operator" --out operator
 * whonix2-attestation-server serve --listen 127.0.0.1:8080 --state /srv/log --key log.key \
 *     --operator operator/certificate.asc \
 *     --witness http://w1.example.org,w1.example.org+a1b2c3d4+BF…
 * whonix2-attestation-server roster add --server http://127.0.0.1:8080 --key operator \
 *     --name alpha-1 alpha-1.asc
 * </pre>
 */
@NullMarked
package org.whonix2.server.cli;

import org.jspecify.annotations.NullMarked;
