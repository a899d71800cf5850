/**
 * Whose attestations the log takes in: a folder of OpenPGP certificates, one a file, that the
 * operator fills and a running server reads again at each submission.
 *
 * <pre>
 * roster/alpha-1.asc
 * roster/beta-1.asc
 * </pre>
 */
@NullMarked
package org.whonix2.server.roster;

import org.jspecify.annotations.NullMarked;
