package org.whonix2.core.policy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.yaml.YamlFields;

/** What must not stand twice in a policy. */
final class Once {
  private Once() {}

  static <T, K> void check(YamlFields policy, String key, List<T> items, Function<T, K> identity)
      throws MalformedInputException {
    Set<K> seen = new HashSet<>();
    for (T item : items) {
      K value = identity.apply(item);
      if (!seen.add(value)) {
        throw policy.unexpected(key, "each of them once; " + value + " stands there twice");
      }
    }
  }
}
