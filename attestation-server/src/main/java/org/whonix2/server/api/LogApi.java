package org.whonix2.server.api;

import io.javalin.config.RoutesConfig;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.ForkJoinPool;
import org.whonix2.server.blob.Blobs;
import org.whonix2.server.roster.Roster;
import org.whonix2.server.sequencer.Publisher;
import org.whonix2.server.sequencer.Sequencer;
import org.whonix2.server.store.LogStore;

/** All routes of the log server. */
public final class LogApi {
  private final SubmissionRoute submission;
  private final AttestationRoutes attestations;
  private final LogRoutes log;
  private final ServiceRoutes service;
  private final BlobRoutes blobs;

  public LogApi(
      LogStore store,
      Publisher publisher,
      Sequencer sequencer,
      Roster roster,
      Blobs blobs,
      Clock clock)
      throws IOException {
    this.submission =
        new SubmissionRoute(store, publisher, sequencer, roster, clock, ForkJoinPool.commonPool());
    this.attestations = new AttestationRoutes(store, publisher);
    this.log = new LogRoutes(store, publisher);
    this.service = new ServiceRoutes(sequencer, publisher);
    this.blobs = new BlobRoutes(blobs, publisher);
  }

  public void register(RoutesConfig routes) {
    submission.register(routes);
    attestations.register(routes);
    log.register(routes);
    service.register(routes);
    blobs.register(routes);
  }
}
