/**
 * What every listener of ours does alike, the log's and the witness's: bounded threads,
 * connections, headers and bodies, deadlines against slow senders, no client address in any log,
 * and errors as problem details (RFC 9457), for example
 *
 * <pre>{"type":"about:blank","title":"Bad Request","status":400,"detail":"/payload: expected …"}
 * </pre>
 */
@NullMarked
package org.whonix2.server.web;

import org.jspecify.annotations.NullMarked;
