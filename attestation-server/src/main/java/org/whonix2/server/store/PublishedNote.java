package org.whonix2.server.store;

/** A signed checkpoint as it is served, and the size of the tree it is about. */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record PublishedNote(long size, byte[] note) {}
