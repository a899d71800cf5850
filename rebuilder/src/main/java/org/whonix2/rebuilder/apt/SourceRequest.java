package org.whonix2.rebuilder.apt;

import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.artifact.PackageVersion;

/**
 * Which source a user asks for: {@code net-tools} (the suite's newest) or {@code
 * net-tools=2.10-0.1+deb12u2}.
 */
public record SourceRequest(PackageName name, Optional<PackageVersion> version) {
  public static SourceRequest parse(String text) throws MalformedInputException {
    int equals = text.indexOf('=');
    if (equals < 0) {
      return new SourceRequest(PackageName.parse(text), Optional.empty());
    }
    return new SourceRequest(
        PackageName.parse(text.substring(0, equals)),
        Optional.of(PackageVersion.parse(text.substring(equals + 1))));
  }

  @Override
  public String toString() {
    return name + version.map(v -> "=" + v).orElse("");
  }
}
