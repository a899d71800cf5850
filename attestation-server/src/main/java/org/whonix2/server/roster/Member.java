package org.whonix2.server.roster;

import java.util.List;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.openpgp.KeyHistory;
import org.whonix2.core.statement.MemberName;

/**
 * Somebody who may submit.
 *
 * @param certificate digest of the certificate's bytes as it was admitted
 * @param admitted the entry with that certificate
 * @param updates the entries that brought something about that certificate, ascending
 * @param history the certificate with what they brought
 */
public record Member(
    MemberName name, Sha256 certificate, long admitted, List<Long> updates, KeyHistory history) {
  public Member {
    updates = List.copyOf(updates);
  }

  public Fingerprint fingerprint() {
    return history.fingerprint();
  }
}
