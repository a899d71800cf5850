package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.Architecture;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;
import org.whonix2.core.openpgp.Fingerprint;

/**
 * A rebuilder's statement of all its current results for a suite: the head of a snapshot, whose
 * list and vector are blobs.
 *
 * @param rebuilder primary fingerprint of the key that signs this
 * @param compilerRoot the compiler from which the toolchain's own compiler was bootstrapped
 * @param rebuildTool name of the program that ran the builds
 * @param epoch counts the snapshots of this rebuilder, suite, architecture, toolchain, compiler
 *     root and platform, from 1
 * @param previous SHA-256 of the payload of the snapshot header before; absent in epoch 1 only
 * @param list SHA-256 of the canonical list of what the archive has
 * @param entries how many entries the list and the vector have
 * @param vector SHA-256 of the vector of a state for each entry
 * @param madeOn whole seconds
 */
public record SnapshotHeader(
    Fingerprint rebuilder,
    String suite,
    Architecture architecture,
    Toolchain toolchain,
    String compilerRoot,
    Platform platform,
    String rebuildTool,
    long epoch,
    Optional<Sha256> previous,
    Sha256 list,
    long entries,
    Sha256 vector,
    Instant madeOn)
    implements Statement {
  /** The most entries that a list may have. */
  public static final int MAX_ENTRIES = 500_000;

  private static final String LIST = "list";
  private static final String VECTOR = "vector";

  public SnapshotHeader {
    Checks.token(suite, "a suite such as bookworm");
    Checks.token(compilerRoot, "a compiler root such as gcc");
    Checks.token(rebuildTool, "a rebuild tool such as whonix2-rebuilder");
    Checks.number(epoch, 1, "an epoch");
    Checks.expect(
        previous.isPresent() == epoch > 1, "a previous snapshot in every epoch but the first");
    Checks.number(entries, 0, "a number of entries");
    Checks.expect(entries <= MAX_ENTRIES, "at most " + MAX_ENTRIES + " entries, found " + entries);
    Checks.time(madeOn);
  }

  static SnapshotHeader read(JsonFields statement) throws MalformedInputException {
    List<JsonFields> subjects = statement.objects("subject");
    if (subjects.size() != 2) {
      throw statement.unexpected("subject", "the list and the vector");
    }
    JsonFields predicate = statement.object("predicate");
    statement.end();
    Optional<JsonFields> previous = predicate.optionalObject("previous");
    SnapshotHeader header =
        new SnapshotHeader(
            predicate.parsed("rebuilder", KeyUri::parse),
            predicate.string("suite"),
            predicate.parsed("architecture", Architecture::parse),
            Toolchain.read(predicate.object("toolchain")),
            predicate.string("compilerRoot"),
            Platform.read(predicate.object("platform")),
            predicate.string("rebuildTool"),
            predicate.number("epoch", 1),
            previous.isPresent()
                ? Optional.of(Descriptors.readOnlyDigest(previous.get()))
                : Optional.empty(),
            readSubject(subjects.get(0), LIST),
            predicate.number("entries", 0),
            readSubject(subjects.get(1), VECTOR),
            predicate.instant("madeOn"));
    predicate.end();
    return header;
  }

  private static Sha256 readSubject(JsonFields subject, String name)
      throws MalformedInputException {
    subject.constant("name", name);
    return Descriptors.readOnlyDigest(subject);
  }

  @Override
  public StatementKind kind() {
    return StatementKind.SNAPSHOT_HEADER;
  }

  @Override
  public byte[] toJson() {
    Draft draft = new Draft(kind());
    draft.addSubject(LIST, list);
    draft.addSubject(VECTOR, vector);
    ObjectNode predicate = draft.predicate();
    predicate.put("rebuilder", KeyUri.of(rebuilder));
    predicate.put("suite", suite);
    predicate.put("architecture", architecture.value());
    toolchain.write(predicate.putObject("toolchain"));
    predicate.put("compilerRoot", compilerRoot);
    platform.write(predicate.putObject("platform"));
    predicate.put("rebuildTool", rebuildTool);
    predicate.put("epoch", epoch);
    previous.ifPresent(digest -> Descriptors.writeDigest(predicate.putObject("previous"), digest));
    predicate.put("entries", entries);
    predicate.put("madeOn", madeOn.toString());
    return draft.toJson();
  }
}
