package org.whonix2.rebuilder.difference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;

/** Programs that the real gcc, ld and objcopy made. */
class ElfNotesTest {
  private static final String ONE = "0x1111111111111111111111111111111111111111";
  private static final String TWO = "0x2222222222222222222222222222222222222222";

  @TempDir Path folder;
  private Compiled compiled;

  @BeforeEach
  void aCompiler() {
    compiled = new Compiled(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-m64", "-m32"})
  void programsThatDifferInTheirNotesAreEqualOtherwise(String width) throws Exception {
    byte[] a = compiled.program(1, ONE, "11.debug", width);
    byte[] b = compiled.program(1, TWO, "22.debug", width);
    assertThat(a).isNotEqualTo(b);
    assertThat(ElfNotes.find(a)).hasSize(2);
    assertThat(ElfNotes.equalOtherwise(a, b)).isTrue();
  }

  @Test
  void theBytesFoundAreTheIdAndTheLinkAndNothingElse() throws Exception {
    byte[] program = compiled.program(1, ONE, "eleven.debug");
    List<ElfNotes.Range> found = ElfNotes.find(program);
    byte[] id = Arrays.copyOfRange(program, found.get(0).from(), found.get(0).to());
    assertThat(id).hasSize(20).containsOnly(0x11);
    byte[] link = Arrays.copyOfRange(program, found.get(1).from(), found.get(1).to());
    assertThat(new String(link, StandardCharsets.ISO_8859_1))
        .startsWith("eleven.debug\0\0\0\0")
        .hasSize(20);
  }

  /** No program, but a file with such a note in the other order of bytes. */
  @ParameterizedTest
  @ValueSource(strings = {"elf64-big", "elf32-big"})
  void bigEndianFilesAreRead(String format) throws Exception {
    byte[] a = bigEndian(format, "A".repeat(20));
    byte[] b = bigEndian(format, "B".repeat(20));
    assertThat(a[5]).isEqualTo((byte) 2);
    assertThat(ElfNotes.find(a)).hasSize(1);
    assertThat(ElfNotes.equalOtherwise(a, b)).isTrue();
  }

  private byte[] bigEndian(String format, String id) throws Exception {
    Path note = folder.resolve("note");
    Files.writeString(note, "\0\0\0\4\0\0\0\24\0\0\0\3GNU\0" + id);
    Path file = folder.resolve("file");
    Compiled.run(
        List.of(
            "sh",
            "-c",
            "cd \"$1\" && objcopy -I binary -O \"$2\" --rename-section"
                + " .data=.note.gnu.build-id,alloc,readonly,data,contents note file",
            "sh",
            folder.toString(),
            format));
    return Files.readAllBytes(file);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 11.debug, 2, 11.debug, code",
    "1, 11.debug, 1, longer-name.debug, length",
    "1, 11.debug, 1, '', no link",
  })
  void otherCodeOrSectionsAreADifference(
      int code, String link, int otherCode, String otherLink, String what) throws Exception {
    byte[] a = compiled.program(code, ONE, link);
    byte[] b = compiled.program(otherCode, TWO, otherLink);
    assertThat(ElfNotes.equalOtherwise(a, b)).as(what).isFalse();
  }

  @Test
  void everyByteOutsideTheNotesCounts() throws Exception {
    byte[] a = compiled.program(1, ONE, "11.debug");
    List<ElfNotes.Range> ranges = ElfNotes.find(a);
    for (int i = 0; i < a.length; i++) {
      int at = i;
      byte[] b = a.clone();
      b[i] ^= 0x10;
      boolean inNotes = ranges.stream().anyMatch(range -> at >= range.from() && at < range.to());
      boolean equal;
      try {
        equal = ElfNotes.equalOtherwise(a, b);
      } catch (MalformedInputException e) {
        equal = false;
      }
      // A changed letter may leave the link's form; then the file differs, which is the safe side.
      assertThat(equal && !inNotes).as("byte " + i).isFalse();
    }
  }

  @Test
  void whatIsNoElfFileIsMalformed() {
    for (byte[] content :
        List.of(
            new byte[0],
            new byte[] {0x7f, 'E', 'L', 'F'},
            Arrays.copyOf(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}, 64),
            Arrays.copyOf(new byte[] {0x7f, 'E', 'L', 'F', 3, 1, 1}, 64),
            Arrays.copyOf(new byte[] {0x7f, 'E', 'L', 'F', 2, 3, 1}, 64))) {
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> ElfNotes.find(content));
    }
  }

  /** Every byte of the header and of the table of sections, at its most hostile values. */
  @Test
  void hostileFilesEndInTheDeclaredException() throws Exception {
    byte[] program = compiled.program(1, ONE, "11.debug");
    for (int i = 0; i < program.length; i++) {
      for (byte value : new byte[] {0, 1, 0x7f, (byte) 0x80, (byte) 0xff}) {
        byte[] hostile = program.clone();
        hostile[i] = value;
        find(hostile);
        Arrays.fill(hostile, i, Math.min(i + 8, hostile.length), value);
        find(hostile);
      }
      find(Arrays.copyOf(program, i));
    }
  }

  private static void find(byte[] content) {
    try {
      for (ElfNotes.Range range : ElfNotes.find(content)) {
        assertThat(range.from()).isBetween(0, range.to());
        assertThat(range.to()).isLessThanOrEqualTo(content.length);
      }
    } catch (MalformedInputException e) {
      assertThat(e).hasMessageStartingWith("expected");
    }
  }
}
