/**
 * The log on disk: entries, the tiles over them, the tree head, the published checkpoint.
 *
 * <p>The tree head moves by compare-and-set in the transaction that stores the entries it covers,
 * and what was stored is on disk before anybody hears of it: two writers cannot both extend one
 * head, and a process that slept through another's commit finds its own refused.
 *
 * <pre>
 * TreeHead head = store.head();                              // 3, lqKW…
 * Optional&lt;TreeHead&gt; next = store.append(head, List.of(entry));  // 4, bjQL…, or empty: lost the race
 * </pre>
 */
@NullMarked
package org.whonix2.server.store;

import org.jspecify.annotations.NullMarked;
