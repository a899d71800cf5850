package org.whonix2.rebuilder.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Command;
import org.whonix2.rebuilder.process.Limits;
import org.whonix2.rebuilder.process.Programs;

/** Read back by the real tar. */
class TarWriterTest {
  @TempDir Path folder;

  private Path unpack(ByteArrayOutputStream tar) throws Exception {
    Path file = Files.write(folder.resolve("x.tar"), tar.toByteArray());
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    boolean succeeded =
        new Programs(new Cancellation())
            .run(
                Command.of("tar", "-xf", file.toString(), "--one-top-level=out").in(folder),
                new Limits(Duration.ofMinutes(1), 1 << 20),
                said)
            .succeeded();
    assertThat(succeeded).as(said.toString(UTF_8)).isTrue();
    assertThat(said.toString(UTF_8)).isEmpty();
    return folder.resolve("out");
  }

  /** A length's own digits count in a pax record: at some lengths they become more. */
  @ParameterizedTest
  @ValueSource(ints = {1, 91, 92, 93, 99, 100, 101, 200, 500, 985, 988, 989, 990, 991, 1000})
  void aNameOfAnyLengthComesBack(int length) throws Exception {
    String start = "\u00e4/".repeat(Math.max(0, (length - 200) / 3 + 1));
    String name =
        length < 201
            ? "n".repeat(length)
            : start + "n".repeat(length - start.getBytes(UTF_8).length);
    assertThat(name.getBytes(UTF_8)).hasSize(length);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(bytes, 1767225600);
    tar.begin(name, TarWriter.FILE, 0644, 3, "");
    bytes.writeBytes("abc".getBytes(UTF_8));
    tar.pad(3);
    tar.begin("link", TarWriter.LINK, 0777, 0, name);
    tar.end();

    Path out = unpack(bytes);

    assertThat(out.resolve(name)).hasContent("abc");
    assertThat(Files.readSymbolicLink(out.resolve("link"))).hasToString(name);
    assertThat(Files.getLastModifiedTime(out.resolve(name)).toInstant())
        .isEqualTo(Instant.ofEpochSecond(1767225600));
    assertThat(bytes.size() % 512).isZero();
  }

  @Test
  void whatHasNoRoomIsABug() throws Exception {
    new TarWriter(new ByteArrayOutputStream(), TarWriter.LATEST)
        .begin("n", TarWriter.FILE, 0644, TarWriter.LATEST, "");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new TarWriter(new ByteArrayOutputStream(), TarWriter.LATEST + 1)
                    .begin("n", TarWriter.FILE, 0644, 0, ""));
  }
}
