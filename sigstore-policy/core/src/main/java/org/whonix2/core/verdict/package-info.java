/**
 * Whether a box may install a file, and why: a pure function of policy, evidence, artifact and
 * time.
 *
 * <p>{@link org.whonix2.core.verdict.VerdictRules#judge} is where the rules stand; docs/verdict.md
 * has each of them with its test. {@link org.whonix2.core.verdict.Evidence} is what a box knows:
 * the entries of every log of the policy, each signature verified, and how each log stands.
 */
@NullMarked
package org.whonix2.core.verdict;

import org.jspecify.annotations.NullMarked;
