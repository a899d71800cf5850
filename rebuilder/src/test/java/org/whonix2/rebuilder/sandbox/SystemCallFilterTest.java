package org.whonix2.rebuilder.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SystemCallFilterTest {
  private static final int AMD64 = 0xc000_003e;
  private static final int I386 = 0x4000_0003;
  private static final int ALLOWED = 0x7fff_0000;
  private static final int NOT_PERMITTED = 0x0005_0001;
  private static final int NO_SUCH_CALL = 0x0005_0026;
  private static final int NO_SUCH_FAMILY = 0x0005_0061;

  /** What the kernel's machine for these programs would answer (seccomp(2)). */
  private static int answer(byte[] program, int architecture, int number, int argument) {
    ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    int accumulator = 0;
    for (int at = 0; ; at++) {
      int operation = code.getShort(8 * at) & 0xffff;
      int ifTrue = code.get(8 * at + 2) & 0xff;
      int ifFalse = code.get(8 * at + 3) & 0xff;
      int value = code.getInt(8 * at + 4);
      boolean holds;
      switch (operation) {
        case 0x20 -> {
          accumulator = value == 0 ? number : value == 4 ? architecture : argument;
          continue;
        }
        case 0x05 -> {
          at += value;
          continue;
        }
        case 0x06 -> {
          return value;
        }
        case 0x15 -> holds = accumulator == value;
        case 0x35 -> holds = Integer.compareUnsigned(accumulator, value) >= 0;
        case 0x45 -> holds = (accumulator & value) != 0;
        default -> throw new AssertionError("operation " + operation);
      }
      at += holds ? ifTrue : ifFalse;
    }
  }

  private static byte[] builds() {
    return SystemCallFilter.forBuilds().orElseThrow();
  }

  private static byte[] installations() {
    return SystemCallFilter.forInstallations().orElseThrow();
  }

  @Test
  void refusesABuildWhatItHasNoUseFor() {
    for (SystemCallFilter.Calls calls :
        new SystemCallFilter.Calls[] {SystemCallFilter.AMD64, SystemCallFilter.I386}) {
      calls
          .numbers()
          .forEach(
              (name, number) -> {
                int answer = answer(builds(), calls.audit(), number, 0x1000_0000);
                switch (name) {
                  case "clone3" -> assertThat(answer).isEqualTo(NO_SUCH_CALL);
                  case "socket" -> assertThat(answer).isEqualTo(NO_SUCH_FAMILY);
                  default -> assertThat(answer).as(name).isEqualTo(NOT_PERMITTED);
                }
              });
    }
  }

  @Test
  void letsABuildDoWhatBuildsDo() {
    for (int read = 0; read < 3; read++) {
      assertThat(answer(builds(), AMD64, read, 0)).isEqualTo(ALLOWED);
    }
    // fork, and threads
    assertThat(answer(builds(), AMD64, 56, 17)).isEqualTo(ALLOWED);
    assertThat(answer(builds(), AMD64, 56, 0x003d_0f00)).isEqualTo(ALLOWED);
    for (int family : new int[] {1, 2, 10, 16}) {
      assertThat(answer(builds(), AMD64, 41, family)).isEqualTo(ALLOWED);
      assertThat(answer(builds(), I386, 359, family)).isEqualTo(ALLOWED);
    }
    for (int family : new int[] {0, 3, 17, 38, 40}) {
      assertThat(answer(builds(), AMD64, 41, family)).isEqualTo(NO_SUCH_FAMILY);
    }
  }

  @Test
  void knowsNoCallsOfOtherArchitectures() {
    assertThat(answer(builds(), 0xc000_00b7, 0, 0)).isEqualTo(NO_SUCH_CALL);
    assertThat(answer(builds(), AMD64, 0x4000_0000, 0)).as("x32").isEqualTo(NO_SUCH_CALL);
  }

  @Test
  void letsAnInstallationMountButReachNoKeyring() {
    assertThat(answer(installations(), AMD64, 165, 0)).isEqualTo(ALLOWED);
    assertThat(answer(installations(), AMD64, 272, 0x1000_0000)).isEqualTo(ALLOWED);
    assertThat(answer(installations(), AMD64, 250, 0)).isEqualTo(NOT_PERMITTED);
    assertThat(answer(installations(), AMD64, 41, 40)).isEqualTo(NO_SUCH_FAMILY);
  }

  private static Map<String, Integer> header(String file) throws Exception {
    Pattern definition = Pattern.compile("#define __NR(?:3264)?_(\\w+)\\s+(\\d+)");
    Map<String, Integer> numbers = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of(file))) {
      Matcher parts = definition.matcher(line);
      if (parts.find()) {
        numbers.put(parts.group(1), Integer.valueOf(parts.group(2)));
      }
    }
    return numbers;
  }

  /** The package linux-libc-dev has the headers. */
  @Test
  void itsNumbersAreTheKernels() throws Exception {
    Map<String, SystemCallFilter.Calls> all =
        Map.of(
            "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", SystemCallFilter.AMD64,
            "/usr/include/x86_64-linux-gnu/asm/unistd_32.h", SystemCallFilter.I386,
            "/usr/include/asm-generic/unistd.h", SystemCallFilter.ARM64);
    for (Map.Entry<String, SystemCallFilter.Calls> each : all.entrySet()) {
      assertThat(header(each.getKey()))
          .as(each.getKey())
          .containsAllEntriesOf(each.getValue().numbers());
    }
  }
}
