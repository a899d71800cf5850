package org.whonix2.server.store;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import org.h2.api.ErrorCode;

/**
 * After which failures a connection is no good any more: H2 closes its file itself after a write
 * that failed, and takes the connections that were open for good ones.
 */
final class H2Failures implements SQLExceptionOverride {
  @java.lang.Override // this interface has an Override of its own
  public SQLExceptionOverride.Override adjudicate(SQLException failure) {
    return switch (failure.getErrorCode()) {
      case ErrorCode.DATABASE_IS_CLOSED,
          ErrorCode.DATABASE_CALLED_AT_SHUTDOWN,
          ErrorCode.CONNECTION_BROKEN_1,
          ErrorCode.OBJECT_CLOSED ->
          SQLExceptionOverride.Override.MUST_EVICT;
      case ErrorCode.LOCK_TIMEOUT_1 -> SQLExceptionOverride.Override.DO_NOT_EVICT;
      default -> SQLExceptionOverride.Override.CONTINUE_EVICT;
    };
  }
}
