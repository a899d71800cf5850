package org.whonix2.server.catalogue;

import org.whonix2.core.statement.Statement;

/**
 * An entry that answers a question.
 *
 * @param content its bytes: an envelope
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Found<T extends Statement>(long index, byte[] content, T statement) {}
