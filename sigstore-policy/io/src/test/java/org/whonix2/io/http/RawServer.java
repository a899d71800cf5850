package org.whonix2.io.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Says over a socket whatever a test wants said, and keeps the heads of the requests it got. */
final class RawServer implements AutoCloseable {
  private final ServerSocket socket;
  private final List<String> heads = new CopyOnWriteArrayList<>();

  /** What to say once the request's head has arrived. */
  interface Speech {
    void say(OutputStream out) throws IOException, InterruptedException;
  }

  RawServer(Speech speech) throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(() -> serve(speech), "raw-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** The lines with line ends between them; a head ends with two empty ones. */
  static RawServer saying(String... lines) throws IOException {
    return new RawServer(out -> out.write(String.join("\r\n", lines).getBytes(ISO_8859_1)));
  }

  private void serve(Speech speech) {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        BufferedReader in =
            new BufferedReader(new InputStreamReader(client.getInputStream(), ISO_8859_1));
        StringBuilder head = new StringBuilder();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
          head.append(line).append('\n');
        }
        heads.add(head.toString());
        speech.say(client.getOutputStream());
        client.getOutputStream().flush();
      } catch (IOException e) {
        // The client hung up, which is what several tests wait for.
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + path);
  }

  List<String> heads() {
    return heads;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
