package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;

/**
 * A file of a compiler that was built.
 *
 * @param path where it stands when the compiler runs: absolute, without a slash at its end
 * @param size in bytes
 */
public record CompilerFile(String path, Role role, Sha256 digest, long size) {
  private static final int MAX_PATH = 200;
  private static final String EXPECTED =
      "an absolute path of at most "
          + MAX_PATH
          + " characters from A-Z, a-z, 0-9, '.', '_', '+', '@', '~', '=', ',' and '-',"
          + " none of its parts empty, '.' or '..'";

  private static final Pattern PATH =
      Pattern.compile("(?:/(?!\\.{1,2}(?:/|\\z))[A-Za-z0-9._+@~=,-]++)++");

  /** What a file of a compiler is for. */
  public enum Role {
    /** A program. */
    COMPILER,
    /** What becomes part of the programs that it makes. */
    RUNTIME,
    /** What it reads beside the source. */
    HEADER;

    /** The inverse of {@link #toString}. */
    public static Role parse(String text) throws MalformedInputException {
      for (Role role : values()) {
        if (role.toString().equals(text)) {
          return role;
        }
      }
      throw new MalformedInputException(
          "expected compiler, runtime or header, found " + Quoted.of(text));
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public CompilerFile {
    Checks.expect(isPath(path), EXPECTED);
    Checks.number(size, 0, "a size");
  }

  private static boolean isPath(String text) {
    return text.length() <= MAX_PATH && PATH.matcher(text).matches();
  }

  /** Gives a path back, if it is one. */
  static String checkedPath(String text) throws MalformedInputException {
    if (!isPath(text)) {
      throw new MalformedInputException("expected " + EXPECTED + ", found " + Quoted.of(text));
    }
    return text;
  }

  static CompilerFile read(JsonFields subject) throws MalformedInputException {
    JsonFields annotations = subject.object("annotations");
    CompilerFile file =
        new CompilerFile(
            subject.parsed("name", CompilerFile::checkedPath),
            annotations.parsed("role", Role::parse),
            Descriptors.readDigest(subject),
            annotations.number("size", 0));
    annotations.end();
    subject.end();
    return file;
  }

  void write(ObjectNode subject) {
    Descriptors.writeDigest(subject.put("name", path), digest);
    subject.putObject("annotations").put("size", size).put("role", role.toString());
  }
}
