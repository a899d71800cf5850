package org.whonix2.server.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own. */
final class ServerProcess implements AutoCloseable {
  private final Process process;
  private final String address;

  private ServerProcess(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  record Ended(int exitCode, String out, String err) {}

  private static ProcessBuilder builder(Path folder, List<String> tracer, List<String> arguments) {
    List<String> line = new ArrayList<>(tracer);
    line.addAll(
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            ServerProgram.class.getName()));
    line.addAll(arguments);
    return new ProcessBuilder(line).directory(folder.toFile());
  }

  /** Runs a command to its end, which must come soon. */
  static Ended run(Path folder, List<String> arguments) throws IOException, InterruptedException {
    return run(folder, Duration.ofSeconds(60), arguments);
  }

  /** Runs a command to its end. */
  static Ended run(Path folder, Duration limit, List<String> arguments)
      throws IOException, InterruptedException {
    Path out = folder.resolve("stdout");
    Path err = folder.resolve("stderr");
    Process process =
        builder(folder, List.of(), arguments)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    process.getOutputStream().close();
    if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("no end after " + limit.toSeconds() + " s: " + arguments);
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** Starts a server and returns once it has said where it listens. */
  static ServerProcess start(Path folder, List<String> arguments) throws IOException {
    return start(folder, List.of(), arguments);
  }

  /**
   * @param tracer the program, with its arguments, that runs the server; none if empty
   */
  static ServerProcess start(Path folder, List<String> tracer, List<String> arguments)
      throws IOException {
    Process process =
        builder(folder, tracer, arguments).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String address = out.readLine();
    if (address == null) {
      process.destroyForcibly();
      throw new IOException("no address: " + arguments);
    }
    return new ServerProcess(process, address);
  }

  String address() {
    return address;
  }

  /** SIGKILL: nothing gets a chance to tidy up. */
  void kill() throws InterruptedException {
    // If a tracer runs it: a tracer that is killed lets it go on.
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    if (process.descendants().findAny().isPresent()) {
      process.waitFor(5, TimeUnit.SECONDS);
    }
    process.destroyForcibly().waitFor();
  }

  /** SIGKILL to what a tracer runs; the tracer writes what it saw and ends. */
  void killTraced() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.waitFor();
  }

  /** It gets no time until it is resumed, as when its machine sleeps. */
  void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
            .inheritIO()
            .start()
            .waitFor();
    if (status != 0) {
      throw new IOException("there is no process " + process.pid());
    }
  }

  /** SIGTERM; whether it ended in time. */
  boolean terminate() throws InterruptedException {
    process.destroy();
    return process.waitFor(60, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
