/**
 * Regenerates compilers from several compiler roots by the plans of {@link org.whonix2.toolchain}
 * (diverse double-compiling: David A. Wheeler, "Fully Countering Trusting Trust through Diverse
 * Double-Compiling", 2009). Each stage is made in a sandbox of its own, in which the compiler of
 * the stage before is the only one.
 *
 * <p>A stage that was made is kept, by what decides over it: the plan, the sources, the packages of
 * its root, the toolchain that compiles and the stage before.
 *
 * <pre>
 * compilers/&lt;key&gt;/files/     a stage's files under their plain names
 * compilers/&lt;key&gt;/manifest   their digests; each is looked at again whenever the stage is used
 * </pre>
 */
@NullMarked
package org.whonix2.rebuilder.bootstrap;

import org.jspecify.annotations.NullMarked;
