/**
 * The log's side of the C2SP tlog-witness protocol: each witness is asked for its cosignature, all
 * at once, none for longer than the deadline, with a proof from the tree it saw last.
 *
 * <pre>
 * http://w1.example.org,w1.example.org+a1b2c3d4+BF…    where it is asked, and its key
 * </pre>
 */
@NullMarked
package org.whonix2.server.cosigning;

import org.jspecify.annotations.NullMarked;
