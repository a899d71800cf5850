/**
 * The log server: its parts wired together. {@link org.whonix2.server.api} answers requests, {@link
 * org.whonix2.server.admission} judges submissions by the {@link org.whonix2.server.roster}, {@link
 * org.whonix2.server.sequencer} gives them places in the {@link org.whonix2.server.store} and has
 * the checkpoint cosigned ({@link org.whonix2.server.cosigning}). {@link
 * org.whonix2.server.witness} is the other program, which meets this one over HTTP only.
 */
@NullMarked
package org.whonix2.server;

import org.jspecify.annotations.NullMarked;
