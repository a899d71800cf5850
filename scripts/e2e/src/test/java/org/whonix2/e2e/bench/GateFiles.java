package org.whonix2.e2e.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.TreeMap;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageIdentity;
import org.whonix2.core.deb822.Deb822;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.ticket.BoundPolicy;
import org.whonix2.core.ticket.Ticket;
import org.whonix2.core.ticket.Tickets;

/**
 * A box on which every package is to be upgraded: an archive of random bytes, as nobody here looks
 * into a package, tickets for it among a suite's, and what dpkg and apt say. Writes into a folder:
 *
 * <pre>{@code
 * archive/*.deb  archive/Packages   policy.yaml  tickets
 * status                            dpkg's, where each package is installed in an older version
 * stream                            what apt tells its hook of all of them
 * files                             their paths
 * }</pre>
 */
final class GateFiles {
  private static final int OTHERS = 61_000;
  private static final String POLICY = "/etc/whonix2/policy.yaml";

  private final Path folder;
  private final Random random = new Random(7);
  private final Instant end = Instant.now().plus(Duration.ofDays(7));
  private final TreeMap<Sha256, Ticket> tickets = new TreeMap<>();
  private final StringBuilder index = new StringBuilder();
  private final StringBuilder status = new StringBuilder();
  private final StringBuilder stream = new StringBuilder("VERSION 3\nAPT::Architecture=amd64\n\n");
  private final StringBuilder files = new StringBuilder();

  private GateFiles(Path folder) {
    this.folder = folder;
  }

  /** Arguments: the folder, its path on the box, how many packages, bytes of each. */
  public static void main(String[] arguments) throws IOException, MalformedInputException {
    GateFiles box = new GateFiles(Path.of(arguments[0]));
    Files.createDirectories(box.folder.resolve("archive"));
    int count = Integer.parseInt(arguments[2]);
    for (int i = 0; i < count; i++) {
      box.addPackage(i, arguments[1], Integer.parseInt(arguments[3]));
    }
    for (int i = 0; i < OTHERS; i++) {
      byte[] digest = new byte[32];
      box.random.nextBytes(digest);
      box.addTicket(Sha256.of(digest), identity("other-" + i, "1." + i + "-1"));
    }
    box.write();
  }

  private static PackageIdentity identity(String name, String version)
      throws MalformedInputException {
    return PackageIdentity.of(
        Deb822.parseOne("Package: " + name + "\nVersion: " + version + "\nArchitecture: amd64\n"));
  }

  private void addTicket(Sha256 digest, PackageIdentity identity) {
    tickets.put(digest, new Ticket(digest, identity, end));
  }

  private void addPackage(int number, String called, int bytes)
      throws IOException, MalformedInputException {
    PackageIdentity identity = identity("bench-" + number, "2.0-1+deb12u1");
    byte[] content = new byte[bytes];
    random.nextBytes(content);
    Files.write(folder.resolve("archive").resolve(identity.fileName()), content);
    addTicket(Sha256.of(content), identity);
    String path = called + "/archive/" + identity.fileName();
    files.append(path).append('\n');
    stream.append(
        "%s 1.9-1 amd64 none < %s amd64 none %s\n"
            .formatted(identity.name(), identity.version(), path));
    status.append(
        """
        Package: %s
        Status: install ok installed
        Architecture: amd64
        Version: 1.9-1
        Maintainer: bench <bench@example.org>
        Description: made for a benchmark
        %s
        """
            .formatted(identity.name(), " as long as entries are in a box's file.\n".repeat(20)));
    index.append(
        """
        Package: %s
        Version: %s
        Architecture: amd64
        Maintainer: bench <bench@example.org>
        Description: made for a benchmark
        Filename: ./%s
        Size: %d
        SHA256: %s

        """
            .formatted(
                identity.name(),
                identity.version(),
                identity.fileName(),
                bytes,
                Sha256.of(content)));
  }

  private void write() throws IOException, MalformedInputException {
    byte[] policy = "a policy's bytes\n".repeat(200).getBytes(StandardCharsets.US_ASCII);
    StringBuilder text =
        new StringBuilder("whonix2-tickets/v1\nmode enforce\npolicy ")
            .append(BoundPolicy.of(policy, POLICY))
            .append("\nmade ")
            .append(Instant.now().getEpochSecond())
            .append("\nprotect whonix2-update\n\n");
    tickets.values().forEach(ticket -> text.append(ticket).append('\n'));
    byte[] written = text.toString().getBytes(StandardCharsets.US_ASCII);
    Files.write(folder.resolve("tickets"), Tickets.parse(written).toBytes());
    Files.write(folder.resolve("policy.yaml"), policy);
    Files.writeString(folder.resolve("archive/Packages"), index);
    Files.writeString(folder.resolve("status"), status);
    Files.writeString(folder.resolve("stream"), stream);
    Files.writeString(folder.resolve("files"), files);
  }
}
