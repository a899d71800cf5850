package org.whonix2.core.policy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.artifact.PackageName;
import org.whonix2.core.log.WitnessQuorum;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.openpgp.Fingerprint;

/**
 * A box's policy, complete and free of contradictions.
 *
 * @param serial counts this policy's versions, from 1
 * @param expires from then on everything is refused
 * @param mode whether the gates stop what is refused
 * @param logs at least one
 * @param rebuilders at least one; no name or key twice
 * @param vetoOperators how many operators with other bits refuse a package, at least 1
 * @param freshness how old the witnesses' newest word may be
 * @param protect what no installation may remove or downgrade, {@link #SELF} always among it
 */
public record UpdatePolicy(
    String name,
    int serial,
    Instant expires,
    Mode mode,
    List<LogSource> logs,
    WitnessQuorum witnesses,
    List<Rebuilder> rebuilders,
    Quorum quorum,
    int vetoOperators,
    Duration freshness,
    SortedSet<PackageName> protect) {
  /** The package that holds the gates. */
  public static final PackageName SELF = new PackageName("whonix2-update");

  /** The longest policy document. */
  public static final int MAX_BYTES = 256 << 10;

  public UpdatePolicy {
    logs = List.copyOf(logs);
    rebuilders = List.copyOf(rebuilders);
    if (logs.isEmpty() || rebuilders.isEmpty()) {
      throw new IllegalArgumentException("expected at least one log and one rebuilder");
    }
    SortedSet<PackageName> withSelf = new TreeSet<>(protect);
    withSelf.add(SELF);
    protect = Collections.unmodifiableSortedSet(withSelf);
    if (vetoOperators < 1) {
      throw new IllegalArgumentException("expected a veto of at least 1, found " + vetoOperators);
    }
  }

  /** Where the certificates that a policy names come from. */
  public interface CertificateFiles {
    /**
     * The file's bytes.
     *
     * @param path relative to the policy document, without {@code ..}
     * @throws IOException if it cannot be read
     */
    byte[] read(String path) throws IOException;
  }

  /**
   * Reads a policy document and the certificates it names.
   *
   * @param yaml at most {@link #MAX_BYTES}
   * @throws MalformedInputException with the line, if it is not a policy this program can act on
   * @throws IOException if a certificate cannot be read
   */
  public static UpdatePolicy parse(byte[] yaml, CertificateFiles certificates)
      throws MalformedInputException, IOException {
    return PolicyReader.read(yaml, certificates);
  }

  /** The rebuilder whose certificate has this primary fingerprint. */
  public Optional<Rebuilder> rebuilder(Fingerprint fingerprint) {
    return rebuilders.stream()
        .filter(rebuilder -> rebuilder.certificate().fingerprint().equals(fingerprint))
        .findFirst();
  }

  /** The certificate with this primary fingerprint, if a rebuilder has it. */
  public Optional<Certificate> certificate(Fingerprint fingerprint) {
    return rebuilder(fingerprint).map(Rebuilder::certificate);
  }
}
