/**
 * A Jazzer harness for each parser of the core.
 *
 * <p>A normal test run replays the corpus, which stands in the test resources as {@code
 * <class>Inputs/<method>/} in this package; {@code scripts/fuzz} makes it grow. A harness takes an
 * input's bytes as they are. What it accepts must come back from what is written for it; what it
 * refuses must be refused with a declared exception whose message a terminal may show.
 */
@NullMarked
package org.whonix2.core.fuzz;

import org.jspecify.annotations.NullMarked;
