package org.whonix2.rebuilder.sandbox;

import java.util.List;
import java.util.Map;

/** What a sandbox runs, step by step, and which of the files that it leaves are taken. */
public interface Work {
  /**
   * One program.
   *
   * @param what for people, such as {@code building}
   * @param folder to run it in, absolute
   * @param trueTime whether it sees the machine's clock, whatever the surroundings say
   */
  record Step(String what, List<String> command, String folder, boolean trueTime) {
    public Step {
      command = List.copyOf(command);
    }

    public Step(String what, List<String> command, String folder) {
      this(what, command, folder, false);
    }
  }

  List<Step> steps(Surroundings surroundings);

  /** Variables besides those that every sandbox has. */
  Map<String, String> environment(Surroundings surroundings);

  /**
   * Names of files, or patterns of find(1)'s {@code -name}. Only plain files directly in the build
   * folder are taken.
   */
  List<String> results();
}
