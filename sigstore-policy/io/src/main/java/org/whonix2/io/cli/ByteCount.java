package org.whonix2.io.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes with a binary unit: {@code 512M}, {@code 16G}. */
public final class ByteCount implements ITypeConverter<Long> {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})([MGT])");

  @Override
  public Long convert(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new TypeConversionException(
          "expected a size such as 512M, 16G or 1T, found '" + text + "'");
    }
    int shift = 20 + 10 * "MGT".indexOf(parts.group(2));
    return Long.parseLong(parts.group(1)) << shift;
  }
}
