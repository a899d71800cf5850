package org.whonix2.rebuilder.sandbox;

import java.util.Optional;

/**
 * A build that did not succeed: a result, not an error of ours.
 *
 * @param reason lower case
 * @param limit what limit it ran into, if it did or seems to have done so
 */
public record BuildFailure(String reason, Optional<String> limit) {}
