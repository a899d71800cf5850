package org.whonix2.rebuilder.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.whonix2.toolchain.CompilerCommand;

/**
 * Which compilers a build called: what the stand-ins in its root noted, a line a call. The build
 * can write there too, so that this is for people; what keeps other compilers from running is that
 * they are not in the root.
 *
 * @param ran how often each line came
 * @param refused the programs that are not the toolchain's
 */
record CompilerCalls(Map<String, Integer> ran, List<String> refused) {
  /** In a build's root. */
  static final String FOLDER = "/run/whonix2";

  /** The file in it that says which compilers ran. */
  static final String RAN = "compilers";

  /** The file in it that says which were refused: a build that has one called another compiler. */
  static final String REFUSED = "refused";

  private static final int MOST_KINDS = 200;
  private static final int LONGEST = 200;

  CompilerCalls {
    ran = Map.copyOf(ran);
    refused = List.copyOf(refused);
  }

  /** What stands where another compiler stood. */
  static String refusing(String toolchain) {
    return "#!/bin/sh\n"
        + "printf '%s\\n' \"$0\" >>"
        + FOLDER
        + "/"
        + REFUSED
        + "\n"
        + "echo \"$0: refused: this is not the compiler of toolchain "
        + toolchain
        + "\" >&2\nexit 1\n";
  }

  /** What stands where a program was that other programs call. */
  static String noting(String program) {
    return "#!/bin/sh\n" + note(program) + "exec " + program + " \"$@\"\n";
  }

  /** What stands for a compiler under a name that builds call. */
  static String noting(CompilerCommand command) {
    StringBuilder script = new StringBuilder("#!/bin/sh\n");
    if (!command.answers().isEmpty()) {
      script.append("if [ $# = 1 ]; then\n  case $1 in\n");
      command
          .answers()
          .forEach(
              (argument, answer) ->
                  script
                      .append("    '")
                      .append(argument)
                      .append("') echo '")
                      .append(answer)
                      .append("'; exit 0 ;;\n"));
      script.append("  esac\nfi\n");
    }
    script.append(note(command.runs()));
    if (!command.drop().isEmpty() || !command.dropPairs().isEmpty()) {
      script.append("count=$#\nwhile [ \"$count\" -gt 0 ]; do\n");
      script.append("  argument=$1\n  shift\n  count=$((count - 1))\n  case $argument in\n");
      if (!command.dropPairs().isEmpty()) {
        script.append("    ").append(String.join("|", command.dropPairs())).append(")\n");
        script.append("      [ \"$count\" = 0 ] || { shift; count=$((count - 1)); }\n");
        script.append("      continue ;;\n");
      }
      if (!command.drop().isEmpty()) {
        script.append("    ").append(String.join("|", command.drop())).append(") continue ;;\n");
      }
      script.append("  esac\n  set -- \"$@\" \"$argument\"\ndone\n");
    }
    script.append("exec ").append(command.runs());
    command.first().forEach(each -> script.append(" '").append(each).append('\''));
    script.append(" \"$@\"");
    command.last().forEach(each -> script.append(" '").append(each).append('\''));
    return script.append('\n').toString();
  }

  /** A call that cannot be noted is not made. */
  private static String note(String program) {
    // A name can begin with anything; echo would take some of it for options.
    return "printf '%s by %s\\n' \"$0\" " + program + " >>" + FOLDER + "/" + RAN + " || exit 1\n";
  }

  /** What was noted, cut to lengths and numbers that people read. */
  static CompilerCalls parse(String ran, String refused) {
    Map<String, Integer> calls = new TreeMap<>();
    for (String line : printable(ran)) {
      if (calls.size() < MOST_KINDS || calls.containsKey(line)) {
        calls.merge(line, 1, Integer::sum);
      }
    }
    return new CompilerCalls(
        calls, printable(refused).stream().distinct().limit(MOST_KINDS).toList());
  }

  private static List<String> printable(String text) {
    return text.lines()
        .map(line -> line.replaceAll("[^ -~]", "?"))
        .map(line -> line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...")
        .toList();
  }

  /** For the end of a build's log. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    new TreeMap<>(ran).forEach((call, times) -> lines.add("compiler: " + times + " times " + call));
    refused.forEach(program -> lines.add("compiler: refused " + program));
    return lines;
  }
}
