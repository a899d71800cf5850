package org.whonix2.rebuilder.bootstrap;

import org.whonix2.core.digest.Sha256;
import org.whonix2.toolchain.PlanOutput;

/**
 * One file of a stage.
 *
 * @param size in bytes
 */
public record StageFile(PlanOutput output, Sha256 digest, long size) {}
