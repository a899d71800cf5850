/**
 * What a box keeps: the logs it follows, as immutable files in the layout of C2SP tlog-tiles, and
 * the tickets that its gates go by.
 *
 * <pre>
 * STATE/update/logs/SHA256(origin)/checkpoint          the newest accepted checkpoint
 * STATE/update/logs/SHA256(origin)/tile/entries/...    every entry up to it
 * STATE/update/logs/SHA256(origin)/unproven/SHA256(address)/...   {@link UnprovenBundles}
 * STATE/update/logs/SHA256(origin)/rollback, fork      a proof of misbehaviour, while it stands
 * STATE/update/logs/SHA256(origin)/rollback-TIME       proofs that no longer stand, the last few
 * STATE/update/logs/SHA256(origin)/times               org.whonix2.core.log.WitnessedTimes, sealed
 * STATE/update/floors                                  what the box does not go back behind, sealed
 * STATE/update/vetoes                                  {@link VetoFindings}, sealed
 * STATE/update/tickets                                 org.whonix2.core.ticket, mode 0600
 * STATE/update/lock                                    held by the one writer, mode 0600
 * </pre>
 *
 * <p>What is sealed is {@link SealedText}; entries and checkpoint are signed.
 *
 * <p>Entries are written first, then the checkpoint, and what it replaces is removed last, so a
 * crash leaves the older state whole or the newer one. What else a crash leaves behind, the next
 * writer removes. Readers need no lock.
 */
@NullMarked
package org.whonix2.update.store;

import org.jspecify.annotations.NullMarked;
