package org.whonix2.server.blob;

import java.io.IOException;
import java.io.InputStream;
import org.whonix2.core.digest.Sha256;

/** What becomes of somebody's wish to store a blob. */
public sealed interface Upload {
  /** It is there. */
  record Stored() implements Upload {}

  /** No entry that is published names it. */
  record Unnamed() implements Upload {}

  /** Who names it will be known later: many entries come in at this moment. */
  record NotYetKnown() implements Upload {}

  /** The entries that name it are too old. */
  record Expired() implements Upload {}

  record TooLong(long most) implements Upload {}

  /** An artifact of another size is named. */
  record OtherLength() implements Upload {}

  /** Nobody who names it has room left. */
  record NoRoom() implements Upload {}

  /** What came was not what was announced. */
  record OtherContent(Sha256 found) implements Upload {}

  /** Takes the content in. */
  interface Receiver {
    /** Returns that it is stored, or why it is not. */
    Upload receive(InputStream content) throws IOException;
  }

  /** There is room for it. */
  record Welcome(Receiver receiver) implements Upload {}
}
