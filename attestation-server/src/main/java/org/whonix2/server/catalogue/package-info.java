/**
 * What the log says about packages, by name, version, digest, rebuilder and suite: tables beside
 * the entries say which entries those are, and the entries say the rest. Nothing is answered that
 * the checkpoint of the moment does not cover, so every question names the size of its tree.
 *
 * <p>Answers come in pages in the log's order. A page ends with the index to go on after, if there
 * may be more; it may be short or empty and yet have one, as no question looks at more than a
 * bounded part of the log at a time.
 *
 * <pre>
 * Page&lt;Found&gt; page = catalogue.rebuilds(query, new Window(-1, 50, 1000)); // the first 50
 * catalogue.rebuilds(query, new Window(page.next().getAsLong(), 50, 1000));  // those after them
 * </pre>
 */
@NullMarked
package org.whonix2.server.catalogue;

import org.jspecify.annotations.NullMarked;
