package org.whonix2.update.store;

import java.io.IOException;
import java.nio.file.Path;

/** Another process writes to the store. */
public final class StoreBusyException extends IOException {
  private static final long serialVersionUID = 1L;

  StoreBusyException(Path lock) {
    super("another sync is running: it holds " + lock);
  }
}
