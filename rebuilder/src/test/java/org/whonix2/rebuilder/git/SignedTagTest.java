package org.whonix2.rebuilder.git;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.statement.GitTag;

/** Whose signature it is, GitInputTest asks; here is what may stand around it. */
class SignedTagTest {
  private static final GitTag NAME = new GitTag("v1");

  /** An empty signature packet in its armor: what is in it is not read here. */
  private static final String SIGNATURE =
      "-----BEGIN PGP SIGNATURE-----\n\nwgA=\n-----END PGP SIGNATURE-----\n";

  private static final String TAG =
      "object 2f7c1f7c8f2d6ad4d5e8f3c5e2e0a8b35a0f7c11\n"
          + "type commit\n"
          + "tag v1\n"
          + "tagger N <n@example.org> 1767225600 +0000\n"
          + "\n"
          + "Release 1\n"
          + SIGNATURE;

  private static SignedTag parse(String object) throws MalformedInputException {
    return SignedTag.parse(object.getBytes(UTF_8), NAME);
  }

  @Test
  void theSignatureIsOverAllThatStandsBeforeIt() throws Exception {
    SignedTag tag = parse(TAG);
    assertThat(tag.commit()).hasToString("2f7c1f7c8f2d6ad4d5e8f3c5e2e0a8b35a0f7c11");
    int before = TAG.length() - SIGNATURE.length();
    assertThat(tag.signature().toString()).endsWith("over " + before + " bytes");
  }

  @Test
  void aMessageMayBeEmptyOrOfManyLines() throws Exception {
    assertThat(parse(TAG.replace("Release 1\n", ""))).isNotNull();
    assertThat(parse(TAG.replace("Release 1\n", "a\n\n -----BEGIN PGP SIGNATURE-----\nb\n")))
        .isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "object 2f | object 2F | expected 'object' and an id",
        "a0f7c11$ | a0f7c112f7c1f7c8f2d6ad4d5e8f3c5e2e0a8b3 | expected 'object' and an id",
        "object 2f | $object 2f | expected 'object' and an id",
        "type commit | type tree | found a tag of a tree",
        "type commit | type commit$type tree | expected the tag object of 'v1'",
        "type commit | typ | found a tag of a thing without a type",
        "tag v1 | tag v2 | expected the tag object of 'v1', found 'tag v2'",
        "tag v1 | tag v1$tag v2 | expected 'tagger",
        "tagger N | tagger  N> | expected 'tagger",
        " +0000 | '' | expected 'tagger",
        "+0000 | +0000$gpgsig-sha256 x | expected an empty line behind the tagger",
        "Release 1 | -----BEGIN SSH SIGNATURE----- | expected an OpenPGP signature",
        "Release 1 | -----BEGIN SIGNED MESSAGE----- | expected an OpenPGP signature",
        "Release 1 | -----BEGIN PGP SIGNATURE----- | expected one signature, found two",
        "-----BEGIN PGP | -----begin PGP | found an annotated tag without a signature",
        "-----END PGP SIGNATURE----- | -----END PGP SIGNATURE-----$more | expected the armor line",
        "wgA= | wgA=$=AAAA | expected the armor line",
        "wgA= | wgDCAA== | expected one signature packet, found 2",
      })
  void anythingElseIsRefused(String from, String to, String complaint) {
    String before = from.replace('$', '\n');
    assertThat(TAG).contains(before);
    String changed = TAG.replace(before, to.replace('$', '\n'));
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(changed))
        .withMessageContaining(complaint);
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] whole = TAG.getBytes(UTF_8);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatExceptionOfType(MalformedInputException.class)
          .isThrownBy(() -> SignedTag.parse(cut, NAME));
    }
  }

  @Test
  void whatIsNotUtf8OrTooLongIsRefused() {
    byte[] latin = TAG.replace("Release", "Gr\u00fcn").getBytes(ISO_8859_1);
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> SignedTag.parse(latin, NAME))
        .withMessageContaining("expected UTF-8");
    assertThatExceptionOfType(MalformedInputException.class)
        .isThrownBy(() -> parse(TAG.replace("Release", "x".repeat(SignedTag.MAX_BYTES))))
        .withMessageContaining("expected a tag of at most");
  }
}
