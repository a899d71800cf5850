/**
 * Sources that are kept in Git: fetched by JGit, without any program, hook, filter or configuration
 * of this machine's Git; nothing of a repository runs here, and nothing is checked out.
 *
 * <p>What is trusted is one signature, in an annotated tag (git-tag(1), git-mktag(1)):
 *
 * <pre>
 * object 2f7c1f7c8f2d6ad4d5e8f3c5e2e0a8b35a0f7c11
 * type commit
 * tag debian/2.10-3
 * tagger N &lt;n@example.org&gt; 1767225600 +0000
 *
 * hello Debian release 2.10-3
 * -----BEGIN PGP SIGNATURE-----
 * …
 * -----END PGP SIGNATURE-----
 * </pre>
 *
 * It is over everything before it, so over the commit's id, which is a hash over the tree's, which
 * is one over all names and contents; a submodule is a commit's id in a tree. JGit computes the id
 * of every object that it receives, and finds attempts at SHA-1 collisions in them.
 *
 * <p>{@link org.whonix2.rebuilder.git.SignedTree#writeArchive} makes one file of a tree, the same
 * bytes for everybody; its SHA-256 stands for the source.
 */
@NullMarked
package org.whonix2.rebuilder.git;

import org.jspecify.annotations.NullMarked;
