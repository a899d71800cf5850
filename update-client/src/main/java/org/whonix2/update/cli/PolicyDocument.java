package org.whonix2.update.cli;

import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.ticket.BoundPolicy;

/**
 * A policy as it was read.
 *
 * @param bound which bytes it was read from
 */
record PolicyDocument(UpdatePolicy policy, BoundPolicy bound) {}
