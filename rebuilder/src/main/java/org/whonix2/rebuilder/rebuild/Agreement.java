package org.whonix2.rebuilder.rebuild;

/** How an artifact compares with the archive's. */
public enum Agreement {
  /** The archive's signed index names exactly these bits. */
  AGREES("agrees"),
  /** It names other bits for this name, version and architecture. */
  DIFFERS("differs"),
  /** It has no such package, as for debug symbols, which live elsewhere. */
  NOT_IN_ARCHIVE("not in archive");

  private final String text;

  Agreement(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
