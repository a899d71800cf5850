/**
 * Benchmarks, each a main method that {@code scripts/bench} runs; not tests. They exit with 1 where
 * a goal is missed.
 */
@NullMarked
package org.whonix2.e2e.bench;

import org.jspecify.annotations.NullMarked;
