package org.whonix2.rebuilder.cli;

/** The program, for tests that run its commands in their own process. */
public final class Commands {
  private Commands() {}

  public static Object program() {
    return new RebuilderProgram();
  }
}
