package org.whonix2.rebuilder.apt;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;

/**
 * Reads a whole Packages index as it comes, line by line, and keeps the names of the packages that
 * have {@code Priority: required}.
 */
final class RequiredPackages extends OutputStream {
  private static final int LONGEST_LINE = 1_000;

  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private final Set<String> names = new TreeSet<>();
  private String name = "";

  @Override
  public void write(int b) {
    if (b == '\n') {
      take(line.toString(StandardCharsets.UTF_8));
      line.reset();
    } else if (line.size() < LONGEST_LINE) {
      // The rest of a longer one is none of the two fields.
      line.write(b);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      write(bytes[i]);
    }
  }

  private void take(String text) {
    if (text.startsWith("Package: ")) {
      name = text.substring("Package: ".length());
    } else if (text.equals("Priority: required")) {
      names.add(name);
    }
  }

  Set<PackageName> names() throws MalformedInputException {
    Set<PackageName> parsed = new TreeSet<>();
    for (String each : names) {
      parsed.add(PackageName.parse(each));
    }
    return parsed;
  }
}
