package org.whonix2.rebuilder.attest;

import java.util.Map;
import org.whonix2.rebuilder.sandbox.BuildFailure;

/** The word by which a statement says why there are no artifacts to compare. */
final class FailureReason {
  /** They came out, but are more than a statement holds. */
  static final String TOO_MANY_ARTIFACTS = "too-many-artifacts";

  /** They came out, but are not what a build makes. */
  static final String UNUSABLE_OUTPUT = "unusable-output";

  private static final Map<String, String> BY_LIMIT =
      Map.of(
          "time", "timeout",
          "memory", "out-of-memory",
          "disk", "disk-full",
          "file", "file-too-large",
          "log", "log-too-large",
          "processes", "too-many-processes",
          "compiler", "other-compiler",
          "output", UNUSABLE_OUTPUT);

  private FailureReason() {}

  /** Why it failed: by the limit that it ran into, if it did. */
  static String of(BuildFailure failure) {
    return failure
        .limit()
        .map(limit -> BY_LIMIT.getOrDefault(limit, "build-failed"))
        .orElse("build-failed");
  }
}
