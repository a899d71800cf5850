/**
 * What must hold before anything is stored: the body is a DSSE envelope in our form, a certificate
 * of the roster verifies its one signature as that key stands now, and the payload is a statement
 * of a kind that we know, about the signer's own work or own certificate. Whoever is on the roster
 * may also log policy releases, exemptions and overrides: boxes count those of the people that
 * their policy names. Roster changes are the operator's.
 *
 * <p>A second statement under one number is taken in: it is the evidence against its signer. What
 * he sends after it is not.
 */
@NullMarked
package org.whonix2.server.admission;

import org.jspecify.annotations.NullMarked;
