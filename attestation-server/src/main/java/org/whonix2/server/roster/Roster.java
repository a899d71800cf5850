package org.whonix2.server.roster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.io.files.AtomicFiles;

/** The folder {@code roster} in the state folder. */
public final class Roster {
  private static final Logger LOG = LoggerFactory.getLogger(Roster.class);
  private static final String SUFFIX = ".asc";

  private final Path folder;
  private final Map<Path, Read> known = new ConcurrentHashMap<>();
  private final Set<Path> complained = ConcurrentHashMap.newKeySet();

  /** What a file held when it had this identity; replacing a file gives it another. */
  private record Read(
      FileTime modified, long size, @Nullable Object key, Optional<Certificate> certificate) {
    boolean isOf(BasicFileAttributes file) {
      return modified.equals(file.lastModifiedTime())
          && size == file.size()
          && String.valueOf(key).equals(String.valueOf(file.fileKey()));
    }
  }

  /** The roster of this state folder; it need not be there yet. */
  public Roster(Path state) {
    this.folder = state.resolve("roster");
  }

  /** All members by primary fingerprint. */
  public Map<Fingerprint, Certificate> byFingerprint() throws IOException {
    Map<Fingerprint, Certificate> members = new HashMap<>();
    members().values().forEach(member -> members.putIfAbsent(member.fingerprint(), member));
    return members;
  }

  /** All members by name. A file that is no certificate admits nobody and is named in the log. */
  public SortedMap<MemberName, Certificate> members() throws IOException {
    SortedMap<MemberName, Certificate> members = new TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return members;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "[!.]*" + SUFFIX)) {
      for (Path file : files) {
        try {
          MemberName name = name(file);
          read(file).ifPresent(certificate -> members.put(name, certificate));
        } catch (MalformedInputException e) {
          complain(file, String.valueOf(e.getMessage()));
        }
      }
    }
    return members;
  }

  private static MemberName name(Path file) throws MalformedInputException {
    String name = String.valueOf(file.getFileName());
    return MemberName.parse(name.substring(0, name.length() - SUFFIX.length()));
  }

  private Optional<Certificate> read(Path file) throws IOException {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      if (!found.isRegularFile()) {
        complain(file, "expected a file, found something else");
        return Optional.empty();
      }
      Read before = known.get(file);
      if (before != null && before.isOf(found)) {
        return before.certificate();
      }
      Optional<Certificate> certificate = parse(file, found.size());
      known.put(
          file, new Read(found.lastModifiedTime(), found.size(), found.fileKey(), certificate));
      return certificate;
    } catch (NoSuchFileException e) {
      // Removed since the folder was read.
      known.remove(file);
      return Optional.empty();
    } catch (IOException e) {
      complain(file, e.toString());
      return Optional.empty();
    }
  }

  /** Once for each file: the roster is read for every submission, whoever sends it. */
  private void complain(Path file, String why) {
    if (complained.add(file)) {
      LOG.warn("{} admits nobody: {}", file, why);
    }
  }

  private Optional<Certificate> parse(Path file, long size) throws IOException {
    try {
      if (size > Certificate.MAX_BYTES) {
        throw new MalformedInputException(
            "expected at most " + Certificate.MAX_BYTES + " bytes, found " + size);
      }
      return Optional.of(Certificate.parse(AtomicFiles.read(file, Certificate.MAX_BYTES)));
    } catch (MalformedInputException e) {
      complain(file, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Admits a rebuilder. A name has one certificate, and a certificate one name. */
  public RosterChange add(MemberName name, Certificate certificate) throws IOException {
    AtomicFiles.createFolders(folder);
    return alone(
        () -> {
          for (Map.Entry<MemberName, Certificate> member : members().entrySet()) {
            if (member.getValue().fingerprint().equals(certificate.fingerprint())) {
              return new RosterChange.Refused(
                  certificate.fingerprint() + " is on the roster already, as " + member.getKey());
            }
          }
          if (Files.exists(file(name))) {
            return new RosterChange.Refused(name + " is on the roster already");
          }
          AtomicFiles.replace(
              file(name), certificate.toArmored().getBytes(StandardCharsets.US_ASCII));
          // Whatever the operator's umask: the server may run as another user.
          Files.setPosixFilePermissions(file(name), PosixFilePermissions.fromString("rw-r--r--"));
          return new RosterChange.Done();
        });
  }

  public RosterChange remove(MemberName name) throws IOException {
    RosterChange absent = new RosterChange.Refused(name + " is not on the roster");
    if (!Files.isDirectory(folder)) {
      return absent;
    }
    return alone(
        () -> {
          if (!Files.deleteIfExists(file(name))) {
            return absent;
          }
          AtomicFiles.syncFolder(folder);
          return new RosterChange.Done();
        });
  }

  private Path file(MemberName name) {
    return folder.resolve(name + SUFFIX);
  }

  private interface Change {
    RosterChange make() throws IOException;
  }

  /** Keeps two operators' commands apart; the lock ends with the channel. */
  private synchronized RosterChange alone(Change change) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock();
      return change.make();
    }
  }
}
