package org.whonix2.server.api;

import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import org.whonix2.server.admission.AdmissionRules;
import org.whonix2.server.admission.RateLimits;
import org.whonix2.server.blob.Blobs;
import org.whonix2.server.roster.LoggedRoster;
import org.whonix2.server.sequencer.Publisher;
import org.whonix2.server.sequencer.Sequencer;
import org.whonix2.server.store.LogStore;

/** The API over parts that a test has put together, of a log without an operator. */
final class BareApi {
  private BareApi() {}

  static LogApi of(LogStore store, Publisher publisher, Sequencer sequencer, Blobs blobs)
      throws IOException {
    return new LogApi(
        store,
        publisher,
        sequencer,
        new LoggedRoster(store),
        new AdmissionRules(
            publisher.origin(),
            Optional.empty(),
            new RateLimits(RateLimits.SIGNER, RateLimits.UNVERIFIED)),
        blobs,
        Clock.systemUTC());
  }
}
