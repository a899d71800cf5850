package org.whonix2.rebuilder.sandbox;

/**
 * What a look at this machine found about one thing that rebuilds need.
 *
 * @param what the thing, such as {@code overlayfs}
 * @param state whether it is there
 * @param found what is there, or what happened when it was tried
 * @param meaning what a rebuild does with it, or what it goes without
 * @param fix what to do; empty if all is well
 */
public record Finding(String what, State state, String found, String meaning, String fix) {
  /** How well the thing serves. */
  public enum State {
    /** It is there. */
    GOOD("good"),
    /** Rebuilds go without it, and are worse or weaker for that. */
    WEAK("weak"),
    /** Without it there is no rebuild. */
    MISSING("missing");

    private final String text;

    State(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  static Finding good(String what, String found, String meaning) {
    return new Finding(what, State.GOOD, found, meaning, "");
  }

  static Finding weak(String what, String found, String meaning, String fix) {
    return new Finding(what, State.WEAK, found, meaning, fix);
  }

  static Finding missing(String what, String found, String meaning, String fix) {
    return new Finding(what, State.MISSING, found, meaning, fix);
  }
}
