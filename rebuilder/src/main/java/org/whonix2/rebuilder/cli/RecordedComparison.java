package org.whonix2.rebuilder.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.whonix2.core.artifact.BinaryArtifact;
import org.whonix2.core.digest.Sha256;
import org.whonix2.rebuilder.apt.ArchivedSource;
import org.whonix2.rebuilder.rebuild.RebuildResult;

/**
 * What came out beside what a .buildinfo records: the same set of files has to come out.
 *
 * @param same file names
 * @param different of these, the bits differ
 * @param missing recorded, and did not come out
 * @param additional came out, and is not recorded
 */
record RecordedComparison(
    List<String> same, List<String> different, List<String> missing, List<String> additional) {

  static RecordedComparison of(RebuildResult.Built built) {
    Map<String, Sha256> made = new TreeMap<>();
    built
        .comparisons()
        .forEach(
            each -> {
              BinaryArtifact artifact = each.artifact();
              made.put(artifact.identity().fileName(), artifact.digest());
            });
    return of(built.attempt().source().recorded(), made);
  }

  static RecordedComparison of(List<ArchivedSource.SourceFile> recorded, Map<String, Sha256> made) {
    List<String> same = new ArrayList<>();
    List<String> different = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    Map<String, Sha256> additional = new TreeMap<>(made);
    for (ArchivedSource.SourceFile file : recorded) {
      Sha256 digest = additional.remove(file.name());
      (digest == null ? missing : digest.equals(file.digest()) ? same : different).add(file.name());
    }
    return new RecordedComparison(same, different, missing, List.copyOf(additional.keySet()));
  }

  boolean agrees() {
    return different.isEmpty() && missing.isEmpty() && additional.isEmpty();
  }

  void write(ObjectNode report) {
    report.put("agrees", agrees());
    write(report.putArray("same"), same);
    write(report.putArray("different"), different);
    write(report.putArray("missing"), missing);
    write(report.putArray("additional"), additional);
  }

  private static void write(ArrayNode array, List<String> names) {
    names.forEach(array::add);
  }

  /** For people: counts, and the names of what is not the same. */
  @Override
  public String toString() {
    return same.size()
        + " of its files came out bit for bit"
        + list("differ", different)
        + list("did not come out", missing)
        + list("are not in it", additional);
  }

  private static String list(String what, List<String> names) {
    return names.isEmpty()
        ? ""
        : "; " + names.size() + " " + what + ": " + String.join(", ", names);
  }
}
