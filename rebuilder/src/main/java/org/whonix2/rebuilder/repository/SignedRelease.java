package org.whonix2.rebuilder.repository;

/** The three files of a release: Release, Release.gpg and InRelease. */
final class SignedRelease {
  private final byte[] plain;
  private final byte[] detached;
  private final byte[] inline;

  SignedRelease(byte[] plain, byte[] detached, byte[] inline) {
    this.plain = plain;
    this.detached = detached;
    this.inline = inline;
  }

  byte[] plain() {
    return plain.clone();
  }

  /** The signature over {@link #plain}, armored. */
  byte[] detached() {
    return detached.clone();
  }

  /** The text with its signature. */
  byte[] inline() {
    return inline.clone();
  }
}
