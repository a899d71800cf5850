package org.whonix2.server.store;

import java.io.IOException;

/** What a check found wrong, with its place. */
final class ContradictionException extends IOException {
  private static final long serialVersionUID = 1L;

  ContradictionException(String message) {
    super(message);
  }
}
