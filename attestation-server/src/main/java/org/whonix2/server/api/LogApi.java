package org.whonix2.server.api;

import io.javalin.config.RoutesConfig;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.whonix2.server.admission.AdmissionRules;
import org.whonix2.server.blob.BlobNames;
import org.whonix2.server.blob.Blobs;
import org.whonix2.server.catalogue.Catalogue;
import org.whonix2.server.roster.LoggedRoster;
import org.whonix2.server.roster.RosterIndex;
import org.whonix2.server.sequencer.Publisher;
import org.whonix2.server.sequencer.Sequencer;
import org.whonix2.server.store.EntryIndex;
import org.whonix2.server.store.LogStore;

/** All routes of the log server. */
public final class LogApi {
  private static final int ANSWERING = 4;

  private final SubmissionRoute submission;
  private final RosterRoutes roster;
  private final AttestationRoutes attestations;
  private final CatalogueRoutes catalogue;
  private final LogRoutes log;
  private final ServiceRoutes service;
  private final BlobRoutes blobs;

  public LogApi(
      LogStore store,
      Publisher publisher,
      Sequencer sequencer,
      LoggedRoster roster,
      AdmissionRules rules,
      Blobs blobs,
      Clock clock)
      throws IOException {
    Proofs proofs = new Proofs(store);
    this.submission =
        new SubmissionRoute(store, publisher, sequencer, roster, rules, clock, proofs, answers());
    this.roster = new RosterRoutes(roster, publisher);
    this.attestations = new AttestationRoutes(store, publisher, proofs);
    this.catalogue = new CatalogueRoutes(new Catalogue(store), publisher);
    this.log = new LogRoutes(store, publisher);
    this.service = new ServiceRoutes(sequencer, publisher);
    this.blobs = new BlobRoutes(blobs, publisher);
  }

  /** For what the listener's threads do not wait for; they end when there is nothing to do. */
  private static Executor answers() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            ANSWERING,
            ANSWERING,
            10,
            TimeUnit.SECONDS,
            // No more of them wait than there are connections.
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "answers");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /** What the store must be opened with. */
  public static List<EntryIndex> indexes(Clock clock) {
    List<EntryIndex> all = new ArrayList<>(Catalogue.indexes());
    all.add(new RosterIndex());
    all.add(new BlobNames(clock));
    return all;
  }

  public void register(RoutesConfig routes) {
    submission.register(routes);
    roster.register(routes);
    attestations.register(routes);
    catalogue.register(routes);
    log.register(routes);
    service.register(routes);
    blobs.register(routes);
  }
}
