package org.whonix2.core.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.core.snapshot.Suites.digest;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.codec.binary.Hex;
import org.junit.jupiter.api.Test;
import org.whonix2.core.MalformedInputException;

/** The example of the package comment, byte for byte; the bytes were made without this code. */
class WorkedExampleTest {
  private static final String LIST =
      "0cd9a64f24bda5f6442b920b7cb75ecd7d04a7529a49249ebcdd09703b49fd5f";
  private static final String NEW_LIST =
      "138c2395f71e6c2e94cc5ca8ccb0651e787431b3867c28de82c01274f0e75be6";
  private static final String VECTOR =
      "a7266c3e1c6293ff3135099c645729d1d9e75c63cdd521ea337ad36119b92d1f";
  private static final String NEW_VECTOR =
      "82bc82b75628509683daf26956805e2bf047c68cf0ae416740e94d1ef2baaa7c";

  private static final CanonicalList BEFORE =
      of("bye 2:1.0-1 all", "bye", "hello 2.10-3 amd64", "hello", "hello-doc 2.10-3 all", "doc");
  private static final CanonicalList AFTER =
      of(
          "hello-doc 2.12-1 all",
          "doc 2",
          "hello 2.12-1 amd64",
          "hello 2",
          "bye 2:1.0-1 all",
          "bye");
  private static final StateVector FOUND =
      StateVector.of(
          List.of(Finding.AGREES, Finding.AGREES, Finding.mismatch(digest("other doc"))));
  private static final StateVector FOUND_AFTER =
      StateVector.of(List.of(Finding.AGREES, Finding.UNTRIED, Finding.FAILED));

  private static CanonicalList of(String... identitiesAndContents) {
    try {
      ListEntry[] entries = new ListEntry[identitiesAndContents.length / 2];
      for (int i = 0; i < entries.length; i++) {
        entries[i] =
            ListEntry.parse(
                identitiesAndContents[2 * i] + " " + digest(identitiesAndContents[2 * i + 1]));
      }
      return Suites.list(entries);
    } catch (MalformedInputException e) {
      throw new AssertionError(e);
    }
  }

  private static String hex(String text) {
    return Hex.encodeHexString(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void lists() {
    assertThat(BEFORE.digest()).hasToString(LIST);
    assertThat(AFTER.digest()).hasToString(NEW_LIST);
  }

  @Test
  void vectors() {
    assertThat(Hex.encodeHexString(FOUND.bytes()))
        .isEqualTo(
            "77686f6e6978322d766563746f722f76310a"
                + "030603"
                + "19872f32e14c9aa60c030801a592f7fe56852af4a6c33754c14f13c298ed485e");
    assertThat(Hex.encodeHexString(FOUND_AFTER.bytes()))
        .isEqualTo("77686f6e6978322d766563746f722f76310a" + "03010004");
    assertThat(FOUND.digest()).hasToString(VECTOR);
    assertThat(FOUND_AFTER.digest()).hasToString(NEW_VECTOR);
  }

  @Test
  void deltas() {
    assertThat(Hex.encodeHexString(ListDelta.between(BEFORE, AFTER).bytes()))
        .isEqualTo(
            hex("whonix2-list-delta/v1\n")
                + LIST
                + NEW_LIST
                + "020100"
                + "02"
                + "0012"
                + hex("hello 2.12-1 amd64")
                + "bf949020174558630551a377686f51a7cd4519be43f3514f3bdfc205ee558e6a"
                + "050f"
                + hex("-doc 2.12-1 all")
                + "156fb2fdfb62e0f29e143f02d4395e8f6f520753588a8857e5f929d7f7df52e2");
    assertThat(Hex.encodeHexString(VectorDelta.between(BEFORE, FOUND, AFTER, FOUND_AFTER).bytes()))
        .isEqualTo(
            hex("whonix2-vector-delta/v1\n") + LIST + VECTOR + NEW_LIST + NEW_VECTOR + "010e");
  }
}
