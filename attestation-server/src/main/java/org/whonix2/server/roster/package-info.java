/**
 * Whose statements the log takes in: what its own entries say about that, folded in their order.
 * The operator's roster changes admit and dismiss members; certificate updates say how their keys
 * stand; a key that says two things under one number is set aside, with both entries as the proof.
 *
 * <pre>
 * entry 0: the operator's serial 1 admits alpha-1 with a certificate
 * entry 7: alpha-1's sequence number 5
 * entry 9: alpha-1's sequence number 5, another payload: its key is set aside by entries 7 and 9
 * </pre>
 */
@NullMarked
package org.whonix2.server.roster;

import org.jspecify.annotations.NullMarked;
