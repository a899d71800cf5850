package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;

class NoteTest {
  /** The example of C2SP signed-note, "Verifier keys". */
  private static final String EXAMPLE_KEY =
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

  private static final String EXAMPLE =
      """
      This is an example message.

      — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
      """;

  @Test
  void theSpecificationsExampleVerifies() throws Exception {
    VerifierKey key = VerifierKey.parse(EXAMPLE_KEY);
    SignedNote note = SignedNote.parse(bytes(EXAMPLE));
    assertThat(key).hasToString(EXAMPLE_KEY);
    assertThat(note.text()).isEqualTo("This is an example message.\n");
    assertThat(note).hasToString(EXAMPLE);
    assertThat(note.open(List.of(key))).isEqualTo(new NoteVerification.Verified(List.of(key)));
  }

  /** As in the first example of C2SP signed-note. */
  @Test
  void theLastEmptyLineEndsTheText() throws Exception {
    String text = "One line.\n\nAnother after an empty one.\n";
    SigningKey key = key("quasimodo.example/salvatore", SignatureType.ED25519);
    SignedNote note = SignedNote.of(text, List.of(key.sign(text)));
    SignedNote read = SignedNote.parse(note.toBytes());
    assertThat(read).isEqualTo(note);
    assertThat(read.text()).isEqualTo(text);
    assertThat(opens(note.toBytes(), key.verifierKey())).isTrue();
  }

  @Test
  void everyChangedByteOfANoteFails() throws Exception {
    VerifierKey key = VerifierKey.parse(EXAMPLE_KEY);
    byte[] note = bytes(EXAMPLE);
    for (int at = 0; at < note.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = note.clone();
        changed[at] ^= (byte) (1 << bit);
        assertThat(opens(changed, key)).as("byte %d, bit %d", at, bit).isFalse();
      }
    }
  }

  @Test
  void everyTruncationOfANoteFails() throws Exception {
    VerifierKey key = VerifierKey.parse(EXAMPLE_KEY);
    for (int length = 0; length < bytes(EXAMPLE).length; length++) {
      assertThat(opens(Arrays.copyOf(bytes(EXAMPLE), length), key)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text\n",
        "text\n\n",
        "text\n\nno signature\n",
        "text\n\n— name AAAAAAA=",
        "text\n\n— name AAAAAA==\n",
        "text\n\n— name AAAAAAA\n",
        "text\n\n— name AAAAAAB=\n",
        "text\n\n—  AAAAAAA=\n",
        "text\n\n— na+me AAAAAAA=\n",
        "text\n\n— name AAAAAAA= \n",
        "text\n\n- name AAAAAAA=\n",
        "text\n\n— name\tAAAAAAA=\n",
        "te\txt\n\n— name AAAAAAA=\n",
        "text\r\n\n— name AAAAAAA=\n",
        "text\n\n— name AAAAAAA=\nx",
      })
  void otherNotesAreRefused(String note) {
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> SignedNote.parse(bytes(note)));
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] note = bytes("text\n\n— name AAAAAAA=\n");
    note[0] = (byte) 0xff;
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> SignedNote.parse(note))
        .withMessage("signed note: expected UTF-8, found other bytes");
  }

  @Test
  void sixtyFourSignaturesAreTakenAndNoMore() throws Exception {
    String line = "— name AAAAAAA=\n";
    SignedNote.parse(bytes("text\n\n" + line.repeat(64)));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> SignedNote.parse(bytes("text\n\n" + line.repeat(65))))
        .withMessageStartingWith("signed note's signatures, line 65: expected at most 64");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(
            () -> SignedNote.parse(bytes("t".repeat(SignedNote.MAX_BYTES) + "\n\n" + line)));
  }

  @Test
  void aNoteHasAtMost65536Bytes() throws Exception {
    String rest = "\n\n— name AAAAAAA=\n";
    String longest = "t".repeat(65_536 - bytes(rest).length) + rest;
    SignedNote note = SignedNote.parse(bytes(longest));
    assertThat(note.toBytes()).hasSize(65_536);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> SignedNote.parse(bytes("t" + longest)));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> SignedNote.of("t" + note.text(), note.signatures()))
        .withMessage("signed note: expected at most 65536 bytes, found 65537");
  }

  @Test
  void theShortestTextIsANewline() throws Exception {
    SignedNote note = SignedNote.parse(bytes("\n\n— name AAAAAAA=\n"));
    assertThat(note.text()).isEqualTo("\n");
  }

  @Test
  void notesAreEqualByTextAndSignatures() throws Exception {
    SigningKey key = key("name", SignatureType.ED25519);
    SignedNote note = SignedNote.of("text\n", List.of(key.sign("text\n")));
    assertThat(SignedNote.parse(note.toBytes())).isEqualTo(note).hasSameHashCodeAs(note);
    assertThat(SignedNote.of("other\n", note.signatures())).isNotEqualTo(note);
    assertThat(SignedNote.of("text\n", List.of(key.sign("other\n")))).isNotEqualTo(note);
  }

  @Test
  void unknownKeysAreIgnoredAndAKnownKeysBadSignatureRejects() throws Exception {
    SigningKey known = key("known", SignatureType.ED25519);
    SigningKey unknown = key("unknown", SignatureType.ED25519);
    NoteSignature good = known.sign("text\n");
    NoteSignature stray = unknown.sign("text\n");
    NoteSignature bad = known.sign("other text\n");
    List<VerifierKey> keys = List.of(known.verifierKey());

    assertThat(SignedNote.of("text\n", List.of(stray, good, good)).open(keys))
        .isEqualTo(new NoteVerification.Verified(keys));
    assertThat(SignedNote.of("text\n", List.of(stray)).open(keys))
        .isEqualTo(new NoteVerification.Unsigned());
    assertThat(SignedNote.of("text\n", List.of(good, bad)).open(keys))
        .isEqualTo(new NoteVerification.BadSignature(known.verifierKey()));
  }

  private static boolean opens(byte[] note, VerifierKey key) {
    try {
      return SignedNote.parse(note).open(List.of(key)) instanceof NoteVerification.Verified;
    } catch (MalformedInputException e) {
      return false;
    }
  }

  private static SigningKey key(String name, SignatureType type) throws Exception {
    return SigningKey.generate(name, type, new SecureRandom());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
