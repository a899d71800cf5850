package org.whonix2.rebuilder.difference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.whonix2.core.MalformedInputException;

/**
 * Where an ELF file (System V ABI, chapter 4) has its build id and the name of its debug file. Only
 * those bytes are found that have exactly the form of the one or the other; of everything else in
 * the file no more is read than the table of sections.
 */
final class ElfNotes {
  private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};
  private static final String BUILD_ID = ".note.gnu.build-id";
  private static final String DEBUG_LINK = ".gnu_debuglink";

  /** Names of debug files, as debhelper gives them. */
  private static final Pattern DEBUG_FILE = Pattern.compile("[A-Za-z0-9._+-]{1,250}");

  private static final int STRING_TABLE = 3;
  private static final int NOTE = 7;
  private static final int PROGRAM_DATA = 1;
  private static final int IN_MEMORY = 2;
  private static final int GNU_BUILD_ID = 3;
  private static final int LONGEST_ID = 64;
  private static final int FIRST_RESERVED_INDEX = 0xff00;

  /** Bytes of the file, from and below. */
  record Range(int from, int to) {}

  private final byte[] content;
  private final ByteBuffer file;
  private final boolean wide;

  private ElfNotes(byte[] content, ByteOrder order, boolean wide) {
    this.content = content;
    this.file = ByteBuffer.wrap(content).order(order);
    this.wide = wide;
  }

  /** Whether it begins as such a file does. */
  static boolean isElf(byte[] content) {
    return content.length > MAGIC.length
        && Arrays.equals(content, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /**
   * Whether two files are equal but for the contents of their notes, which stand at the same
   * places.
   */
  static boolean equalOtherwise(byte[] a, byte[] b) throws MalformedInputException {
    List<Range> ranges = find(a);
    if (a.length != b.length || !ranges.equals(find(b))) {
      return false;
    }
    int from = 0;
    for (Range range : ranges) {
      if (!sameBytes(a, b, from, range.from)) {
        return false;
      }
      from = Math.max(from, range.to);
    }
    return sameBytes(a, b, from, a.length);
  }

  private static boolean sameBytes(byte[] a, byte[] b, int from, int to) {
    return from >= to || Arrays.equals(a, from, to, b, from, to);
  }

  /** The bytes that are a build id, or a debug file's name and checksum, by their places. */
  static List<Range> find(byte[] content) throws MalformedInputException {
    if (!isElf(content) || content.length < 64) {
      throw new MalformedInputException("expected an ELF file, found something else");
    }
    int width = content[4];
    int order = content[5];
    if ((width != 1 && width != 2) || (order != 1 && order != 2)) {
      throw new MalformedInputException("expected an ELF file of 32 or 64 bits in a known order");
    }
    ByteOrder known = order == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    return new ElfNotes(content, known, width == 2).find();
  }

  private record Section(int name, int type, long flags, Range place) {}

  private List<Range> find() throws MalformedInputException {
    int entrySize = unsigned(wide ? 58 : 46);
    int count = unsigned(wide ? 60 : 48);
    int namesIndex = unsigned(wide ? 62 : 50);
    if (entrySize != (wide ? 64 : 40) || count >= FIRST_RESERVED_INDEX || namesIndex >= count) {
      throw new MalformedInputException("expected a table of named sections, found none");
    }
    Range table = range(wide ? file.getLong(40) : word(32), (long) entrySize * count);
    Section names = section(table.from + namesIndex * entrySize);
    if (names.type != STRING_TABLE) {
      throw new MalformedInputException("expected the sections' names, found another section");
    }
    List<Range> found = new ArrayList<>();
    boolean id = false;
    boolean link = false;
    for (int i = 0; i < count; i++) {
      // The first has no name, and what says where it lies may mean something else.
      int at = table.from + i * entrySize;
      if (isNamed(names, file.getInt(at), BUILD_ID)) {
        found.add(buildId(section(at), id));
        id = true;
      } else if (isNamed(names, file.getInt(at), DEBUG_LINK)) {
        found.add(debugLink(section(at), link));
        link = true;
      }
    }
    found.sort(Comparator.comparingInt(Range::from));
    return found;
  }

  private Section section(int at) throws MalformedInputException {
    return wide
        ? new Section(
            file.getInt(at),
            file.getInt(at + 4),
            file.getLong(at + 8),
            range(file.getLong(at + 24), file.getLong(at + 32)))
        : new Section(
            file.getInt(at),
            file.getInt(at + 4),
            word(at + 8),
            range(word(at + 16), word(at + 20)));
  }

  private boolean isNamed(Section names, int name, String expected) {
    int from = names.place.from + name;
    byte[] text = (expected + "\0").getBytes(StandardCharsets.US_ASCII);
    return name >= 0
        && from >= names.place.from
        && from <= names.place.to - text.length
        && Arrays.equals(content, from, from + text.length, text, 0, text.length);
  }

  /** A note of GNU's: three words, the name in four bytes, then the id itself. */
  private Range buildId(Section section, boolean again) throws MalformedInputException {
    Range place = section.place;
    int length = place.to - place.from - 16;
    if (again
        || section.type != NOTE
        || length < 1
        || length > LONGEST_ID
        || file.getInt(place.from) != 4
        || file.getInt(place.from + 4) > length
        || file.getInt(place.from + 4) < length - 3
        || file.getInt(place.from + 8) != GNU_BUILD_ID
        || !ascii(place.from + 12, place.from + 16).equals("GNU\0")) {
      throw new MalformedInputException("expected one build id in " + BUILD_ID + ", found other");
    }
    return new Range(place.from + 16, place.to);
  }

  /** A file's name, its end and what fills it up to four bytes, then a checksum of four. */
  private Range debugLink(Section section, boolean again) throws MalformedInputException {
    Range place = section.place;
    String text = ascii(place.from, Math.max(place.from, place.to - 4));
    int end = text.indexOf('\0');
    if (again
        || section.type != PROGRAM_DATA
        || (section.flags & IN_MEMORY) != 0
        || end < 1
        || !DEBUG_FILE.matcher(text.substring(0, end)).matches()
        || !text.substring(end).equals("\0".repeat(4 - end % 4))) {
      throw new MalformedInputException("expected one file in " + DEBUG_LINK + ", found other");
    }
    return place;
  }

  private String ascii(int from, int to) {
    return new String(content, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private int unsigned(int at) {
    return Short.toUnsignedInt(file.getShort(at));
  }

  private long word(int at) {
    return Integer.toUnsignedLong(file.getInt(at));
  }

  private Range range(long from, long length) throws MalformedInputException {
    int size = content.length;
    if (from < 0 || length < 0 || from > size || length > size - from) {
      throw new MalformedInputException("expected sections inside the file, found one outside");
    }
    return new Range((int) from, (int) (from + length));
  }
}
