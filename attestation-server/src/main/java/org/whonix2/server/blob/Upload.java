package org.whonix2.server.blob;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.whonix2.core.digest.Sha256;

/** What becomes of somebody's wish to store a blob. */
public sealed interface Upload {
  /** It is there already. */
  record Stored() implements Upload {}

  /** No entry that is published names it. */
  record Unnamed() implements Upload {}

  /** The entries that name it are too old. */
  record Expired() implements Upload {}

  record TooLong(long most) implements Upload {}

  /** Nobody who names it has room left. */
  record NoRoom() implements Upload {}

  /** It may be sent; room is reserved until this is closed. */
  interface Place extends AutoCloseable {
    /**
     * Stores it.
     *
     * @return what the content is, if it is not what was announced
     */
    Optional<Sha256> receive(InputStream content) throws IOException;

    @Override
    void close();
  }

  /** There is room for it. */
  record Welcome(Place place) implements Upload {}
}
