package org.whonix2.core;

/**
 * Input that is not what its format demands. The message is lower case and says what was expected,
 * what was found, and where.
 */
public final class MalformedInputException extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedInputException(String message) {
    super(message);
  }

  public MalformedInputException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * The same complaint with the place in front of it, for a caller that knows where it was read.
   */
  public MalformedInputException at(String place) {
    return new MalformedInputException(place + ": " + getMessage(), this);
  }
}
