/**
 * The one writer of a log: it takes all submissions that wait, stores them in one transaction,
 * signs one checkpoint over the tree head that was committed, has it cosigned, publishes it, and
 * only then answers them all.
 *
 * <pre>
 * Optional&lt;CompletableFuture&lt;Sequenced&gt;&gt; answer = sequencer.submit(envelope); // empty: too busy
 * answer.get().get();                                // index 3, under a checkpoint of size 4
 * </pre>
 */
@NullMarked
package org.whonix2.server.sequencer;

import org.jspecify.annotations.NullMarked;
