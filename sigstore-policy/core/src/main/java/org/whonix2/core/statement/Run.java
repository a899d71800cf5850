package org.whonix2.core.statement;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.json.JsonFields;
import org.whonix2.core.openpgp.Fingerprint;

/**
 * On what, by whom and when something was built, whatever it was.
 *
 * @param environment digest over the packages installed where it was built
 * @param rebuildTool name of the program that ran the build
 * @param sequence the rebuilder's own number, strictly increasing, from 1; one row for everything
 *     that he builds
 * @param rebuilder primary fingerprint of the key that signs this
 * @param startedOn whole seconds, as is finishedOn
 */
public record Run(
    Platform platform,
    Sha256 environment,
    String rebuildTool,
    long sequence,
    Fingerprint rebuilder,
    Instant startedOn,
    Instant finishedOn,
    List<Byproduct> byproducts) {
  public Run {
    byproducts = List.copyOf(byproducts);
    Checks.token(rebuildTool, "a rebuild tool such as whonix2-rebuilder");
    Set<String> names = new HashSet<>();
    byproducts.forEach(
        byproduct ->
            Checks.expect(
                names.add(byproduct.name()), "each byproduct once, found " + byproduct.name()));
    Checks.number(sequence, 1, "a sequence number");
    Checks.time(startedOn);
    Checks.time(finishedOn);
    Checks.expect(!finishedOn.isBefore(startedOn), "an end that is not before the start");
  }

  /**
   * Reads what {@link #writeParameters} and {@link #writeDetails} write; ending the two objects is
   * left to the caller.
   *
   * @param internal SLSA's {@code internalParameters}
   * @param details has {@code builder}, {@code metadata} and {@code byproducts}
   */
  static Run read(JsonFields internal, JsonFields details) throws MalformedInputException {
    JsonFields builder = details.object("builder");
    JsonFields metadata = details.object("metadata");
    List<Byproduct> byproducts = new ArrayList<>();
    for (JsonFields node : details.objects("byproducts")) {
      byproducts.add(Byproduct.read(node));
    }
    Run run =
        new Run(
            Platform.read(internal.object("platform")),
            Descriptors.readOnlyDigest(internal.object("environment")),
            internal.string("rebuildTool"),
            internal.number("sequence", 1),
            builder.parsed("id", KeyUri::parse),
            metadata.instant("startedOn"),
            metadata.instant("finishedOn"),
            byproducts);
    metadata.constant("invocationId", run.invocation());
    builder.end();
    metadata.end();
    return run;
  }

  /** Writes the last of {@code internalParameters}. */
  void writeParameters(ObjectNode internal) {
    platform.write(internal.putObject("platform"));
    Descriptors.writeDigest(internal.putObject("environment"), environment);
    internal.put("rebuildTool", rebuildTool);
    internal.put("sequence", sequence);
  }

  /** Writes {@code builder}, {@code metadata} and {@code byproducts}. */
  void writeDetails(ObjectNode details) {
    details.putObject("builder").put("id", KeyUri.of(rebuilder));
    ObjectNode metadata = details.putObject("metadata");
    metadata.put("invocationId", invocation());
    metadata.put("startedOn", startedOn.toString());
    metadata.put("finishedOn", finishedOn.toString());
    ArrayNode written = details.putArray("byproducts");
    for (Byproduct byproduct : byproducts) {
      byproduct.write(written.addObject());
    }
  }

  private String invocation() {
    return rebuilder + "/" + sequence;
  }
}
