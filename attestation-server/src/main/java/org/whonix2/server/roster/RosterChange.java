package org.whonix2.server.roster;

/** What became of an addition to the roster or a removal from it. */
public sealed interface RosterChange {
  record Done() implements RosterChange {}

  /** Nothing was changed. */
  record Refused(String why) implements RosterChange {}
}
