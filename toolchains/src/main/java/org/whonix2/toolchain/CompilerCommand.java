package org.whonix2.toolchain;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A program under the names by which builds call a compiler.
 *
 * @param runs absolute path of the compiler's program
 * @param drop arguments that are left out, as patterns of a shell's {@code case}
 * @param dropPairs the same; they are left out together with the argument that follows
 * @param first arguments put before all others
 * @param last arguments put after all others
 * @param answers what is printed, and nothing run, where a key is the only argument
 */
public record CompilerCommand(
    List<String> names,
    String runs,
    List<String> drop,
    List<String> dropPairs,
    List<String> first,
    List<String> last,
    Map<String, String> answers) {
  public CompilerCommand {
    names = List.copyOf(names);
    drop = List.copyOf(drop);
    dropPairs = List.copyOf(dropPairs);
    first = List.copyOf(first);
    last = List.copyOf(last);
    answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
  }
}
