/**
 * HTTP as all our programs speak it: every call has deadlines and a size limit, a redirect is an
 * answer like any other, nothing is remembered between calls but open connections, and nothing
 * about the caller is told but {@code User-Agent: whonix2}.
 *
 * <pre>
 *   try (HttpTransport http = new HttpTransport(HttpDeadlines.STANDARD)) {
 *     byte[] checkpoint = http.fetch(URI.create("https://log.example.org/checkpoint"), 64 * 1024);
 *   }
 * </pre>
 *
 * <p>Names in .onion and .i2p are refused until there is a transport over SOCKS, and refused before
 * anything is resolved: a resolver would learn of them.
 */
@NullMarked
package org.whonix2.io.http;

import org.jspecify.annotations.NullMarked;
