package org.whonix2.toolchain;

/**
 * A compiler root of a plan.
 *
 * @param toolchain name of the one that compiles stage 1
 * @param stages how many are made; the last ones of all roots must be the same bits
 */
public record PlanRoot(String name, String toolchain, int stages) {}
