package org.whonix2.server.catalogue;

/**
 * Something that entries are about.
 *
 * @param index of the first of them
 */
public record FirstSeen<T>(T what, long index) {}
