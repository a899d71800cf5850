package org.whonix2.server.roster;

/**
 * Why a key is set aside: two entries say different things under one number.
 *
 * @param what is numbered, such as {@code sequence number}
 * @param first of the two entries, the number of its place in the log
 */
public record SetAside(String what, long number, long first, long second) {
  @Override
  public String toString() {
    return "entries "
        + first
        + " and "
        + second
        + " say different things under "
        + what
        + " "
        + number;
  }
}
