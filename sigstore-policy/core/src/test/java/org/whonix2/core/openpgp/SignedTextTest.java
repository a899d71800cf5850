package org.whonix2.core.openpgp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.core.MalformedInputException;

/** Documents that the real gpg signed, and what others make of them. */
class SignedTextTest {
  private static final Instant MADE = Instant.parse("2024-01-01T00:00:00Z");
  private static final Instant SIGNED = Instant.parse("2024-06-01T00:00:00Z");
  private static final Instant NOW = Instant.parse("2025-06-01T00:00:00Z");
  private static final String TEXT =
      "Format: 3.0 (quilt)\n\n-----BEGIN PGP SIGNATURE-----\n- a list\nFrom here ünïcode\nthe end\n";

  private static GnuPg gpg;
  private static String first;
  private static String second;
  private static byte[] keyring;
  private static String document;

  @BeforeAll
  static void sign() throws Exception {
    gpg = new GnuPg();
    first = gpg.primary(MADE, "first", "ed25519", "never");
    gpg.signingSubkey(MADE, first, "ed25519", "never");
    second = gpg.primary(MADE, "second", "rsa2048", "never");
    gpg.signingSubkey(MADE, second, "rsa2048", "never");
    keyring = gpg.at(NOW, new byte[0], "--export");
    document = signed(TEXT, "--digest-algo", "SHA512", "--local-user", first);
  }

  @AfterAll
  static void remove() throws Exception {
    gpg.remove();
  }

  private static String signed(String text, String... options) throws Exception {
    List<String> arguments = Stream.concat(Stream.of(options), Stream.of("--clearsign")).toList();
    return GnuPg.text(gpg.at(SIGNED, text.getBytes(UTF_8), arguments.toArray(new String[0])));
  }

  private static SignerSearch.Result search(String text) throws Exception {
    SignerSearch search = new SignerSearch(SignedText.parse(text.getBytes(UTF_8)).signatures());
    search.in(new ByteArrayInputStream(keyring));
    return search.result(NOW);
  }

  private static String textOf(String document) throws Exception {
    return new String(SignedText.parse(document.getBytes(UTF_8)).text(), UTF_8);
  }

  private static Fingerprint fingerprint(String hex) throws Exception {
    return Fingerprint.parse(hex);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        TEXT,
        "",
        "\n",
        "\n\n\n",
        "no line end",
        "- dashes\n--\n-\n- - -\n-----END PGP SIGNATURE-----\n",
        "Hash: SHA256\n\nnot a header\n",
        "\u0000 and \u001b\n"
      })
  void whatGpgSignsIsReadAsItWas(String text) throws Exception {
    String signed = signed(text, "--local-user", first);

    assertThat(textOf(signed)).isIn(text, text + "\n");
    assertThat(search(signed).signedBy().map(Signer::certificate)).contains(fingerprint(first));
  }

  static Stream<Arguments> equivalents() {
    return Stream.of(
        edit("CRLF everywhere", d -> d.replace("\n", "\r\n")),
        edit("CRLF in the text only", d -> d.replace("a list\n", "a list\r\n")),
        edit("blanks at a line's end", d -> d.replace("a list\n", "a list \t \n")),
        edit("blanks and CRLF", d -> d.replace("a list\n", "a list \t\r\n")),
        edit("a line escaped without need", d -> d.replace("\nthe end", "\n- the end")),
        edit("several headers", d -> d.replace("Hash: SHA512", "Hash: SHA256\nHash: SHA512")),
        edit("a list in a header", d -> d.replace("Hash: SHA512", "Hash: SHA1, SHA512")),
        edit("no header", d -> d.replace("Hash: SHA512\n", "")),
        edit(
            "a header in the armor",
            d -> d.replace("ATURE-----\n\n", "ATURE-----\nVersion: 1\n\n")),
        edit("empty lines at the end", d -> d + "\n\n"));
  }

  @ParameterizedTest
  @MethodSource("equivalents")
  void oneTextHasSeveralWritings(String what, UnaryOperator<String> edit) throws Exception {
    String edited = edit.apply(document);

    assertThat(edited).isNotEqualTo(document);
    assertThat(textOf(edited)).isEqualTo(TEXT);
    assertThat(search(edited).signedBy().map(Signer::certificate)).contains(fingerprint(first));
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        edit("text before", d -> "Format: 1.0\n" + d),
        edit("an empty line before", d -> "\n" + d),
        edit("text behind", d -> d + "Format: 1.0\n"),
        edit("a second document", d -> d + d),
        edit("a second armor", d -> d + d.substring(d.indexOf("\n-----BEGIN PGP SIG") + 1)),
        edit("a blank in the line that ends the header", d -> d.replace("512\n\n", "512\n \n")),
        edit("an unknown header", d -> d.replace("Hash: SHA512", "Comment: x\nHash: SHA512")),
        edit("a switch for escapes", d -> d.replace("SHA512\n", "SHA512\nNotDashEscaped: yes\n")),
        edit("an unknown hash", d -> d.replace("SHA512", "SHA512X")),
        edit("an empty hash", d -> d.replace("SHA512", "SHA512,")),
        edit("nine headers", d -> d.replace("SHA512", "SHA512" + "\nHash: SHA512".repeat(8))),
        edit("a text where the header is", d -> d.replace("Hash: SHA512\n\n", "Hash: SHA512\n")),
        edit("a dash that is not escaped", d -> d.replace("- - a list", "-a list")),
        edit("an escape cut off", d -> d.replace("- -----BEGIN", "-----BEGIN")),
        edit("a lone CR", d -> d.replace("a list", "a\rlist")),
        edit("two CRs", d -> d.replace("a list\n", "a list\r\r\n")),
        edit("no signature", d -> d.substring(0, d.indexOf("\n-----BEGIN PGP SIG") + 1)),
        edit("another armor", d -> d.replace("PGP SIGNATURE", "PGP MESSAGE")),
        edit("an armor cut off", d -> d.substring(0, d.length() - 30)),
        edit("a wrong checksum", d -> d.replaceAll("\n=[^\n]{4}\n", "\n=AAAA\n")),
        edit("blanks before the first line", d -> " " + d));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void whatNoSignerWritesIsRefused(String what, UnaryOperator<String> edit) {
    String edited = edit.apply(document);

    assertThat(edited).isNotEqualTo(document);
    assertThatThrownBy(() -> SignedText.parse(edited.getBytes(UTF_8)))
        .isInstanceOf(MalformedInputException.class);
  }

  static Stream<Arguments> altered() {
    return Stream.of(
        edit("a letter", d -> d.replace("quilt", "quilT")),
        edit("a line more", d -> d.replace("the end\n", "the end\n\n")),
        edit("a line less", d -> d.replace("\nthe end", "")),
        edit("a blank at a line's start", d -> d.replace("\nthe end", "\n the end")),
        edit("a form feed at a line's end", d -> d.replace("the end\n", "the end\f\n")),
        edit("another hash in the header", d -> d.replace("Hash: SHA512", "Hash: SHA256")));
  }

  @ParameterizedTest
  @MethodSource("altered")
  void whatWasAlteredIsNobodys(String what, UnaryOperator<String> edit) throws Exception {
    String edited = edit.apply(document);

    assertThat(edited).isNotEqualTo(document);
    assertThat(search(edited)).isInstanceOf(SignerSearch.Result.Nobody.class);
  }

  private static Arguments edit(String what, UnaryOperator<String> edit) {
    return Arguments.of(what, edit);
  }

  @Test
  void ofTwoSignaturesOneIsEnough() throws Exception {
    String both = signed(TEXT, "--local-user", first, "--local-user", second);
    assertThat(SignedText.parse(both.getBytes(UTF_8)).signatures()).hasSize(2);
    assertThat(search(both).signedBy()).isPresent();

    SignerSearch search = new SignerSearch(SignedText.parse(both.getBytes(UTF_8)).signatures());
    search.in(new ByteArrayInputStream(gpg.at(NOW, new byte[0], "--export", second)));

    assertThat(search.result(NOW).signedBy().map(Signer::certificate))
        .contains(fingerprint(second));
  }

  @Test
  void aDetachedSignatureIsNotOverAText() throws Exception {
    String armor =
        GnuPg.text(
            gpg.sign(SIGNED, first, TEXT.getBytes(UTF_8), "--armor", "--digest-algo", "SHA512"));
    String forged = document.substring(0, document.indexOf("\n-----BEGIN PGP SIG") + 1) + armor;

    assertThat(search(forged))
        .isInstanceOfSatisfying(
            SignerSearch.Result.Nobody.class,
            nobody -> assertThat(nobody.reason()).contains("type 0x00, expected 0x01"));
  }

  @Test
  void whatIsTooLongIsRefused() {
    byte[] huge = document.replace("quilt", "q".repeat(SignedText.MAX_BYTES)).getBytes(UTF_8);

    assertThatThrownBy(() -> SignedText.parse(huge))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("at most");
  }
}
