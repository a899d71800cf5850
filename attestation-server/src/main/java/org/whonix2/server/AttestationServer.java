package org.whonix2.server;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.log.SigningKey;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.io.http.HttpDeadlines;
import org.whonix2.io.http.HttpTransport;
import org.whonix2.server.admission.AdmissionRules;
import org.whonix2.server.admission.Rate;
import org.whonix2.server.admission.RateLimits;
import org.whonix2.server.api.LogApi;
import org.whonix2.server.blob.BlobLimits;
import org.whonix2.server.blob.Blobs;
import org.whonix2.server.cosigning.Cosigners;
import org.whonix2.server.cosigning.RemoteWitness;
import org.whonix2.server.cosigning.WitnessAddress;
import org.whonix2.server.roster.LoggedRoster;
import org.whonix2.server.sequencer.Publisher;
import org.whonix2.server.sequencer.Sequencer;
import org.whonix2.server.store.DatabaseLocation;
import org.whonix2.server.store.IndexFollower;
import org.whonix2.server.store.LogStore;
import org.whonix2.server.web.ListenAddress;
import org.whonix2.server.web.WebListener;

/** A running log server. */
public final class AttestationServer implements AutoCloseable {
  private static final Duration WITNESS_DEADLINE = Duration.ofSeconds(5);
  private static final Duration WITNESS_REST = Duration.ofSeconds(30);

  /** What is closed last lies at the bottom. */
  private final Deque<Part> parts = new ArrayDeque<>();

  private interface Part {
    void close();
  }

  /**
   * What the operator decides.
   *
   * @param state the folder with the blobs
   * @param refresh how long a checkpoint may stand before it is cosigned anew
   * @param operator whose changes of the roster are taken; without one it stays as it is
   * @param database where the entries are
   * @param limits what may come in, and how much of it is kept
   */
  public record Settings(
      ListenAddress listen,
      Path state,
      SigningKey key,
      List<WitnessAddress> witnesses,
      Duration refresh,
      Optional<Certificate> operator,
      DatabaseLocation database,
      Limits limits) {
    public Settings {
      witnesses = List.copyOf(witnesses);
    }
  }

  /**
   * What the operator lets come in.
   *
   * @param signer by each signer whose signature was verified
   * @param unverified by all others together
   * @param blobs how much room they have, and how long
   */
  public record Limits(Rate signer, Rate unverified, BlobLimits blobs) {
    public static final Limits STANDARD =
        new Limits(RateLimits.SIGNER, RateLimits.UNVERIFIED, BlobLimits.STANDARD);
  }

  private final URI address;

  private AttestationServer(Settings settings, Clock clock) throws IOException {
    try {
      LogStore store = LogStore.open(settings.database().open(), LogApi.indexes(clock));
      parts.push(store::close);
      IndexFollower indexes = new IndexFollower(store);
      indexes.start();
      parts.push(indexes::close);
      HttpTransport transport =
          new HttpTransport(new HttpDeadlines(WITNESS_DEADLINE, WITNESS_DEADLINE));
      parts.push(transport::close);
      Cosigners cosigners =
          new Cosigners(
              settings.witnesses().stream()
                  .map(witness -> new RemoteWitness(witness, transport))
                  .toList(),
              WITNESS_DEADLINE,
              WITNESS_REST);
      parts.push(cosigners::close);
      Publisher publisher = Publisher.open(store, settings.key(), cosigners);
      Sequencer sequencer = new Sequencer(store, publisher, settings.refresh());
      sequencer.start();
      parts.push(sequencer::close);
      Blobs blobs = Blobs.open(settings.state(), store, settings.limits().blobs(), clock);
      parts.push(blobs::close);
      LogApi api =
          new LogApi(
              store,
              publisher,
              sequencer,
              new LoggedRoster(store),
              new AdmissionRules(
                  publisher.origin(),
                  settings.operator(),
                  new RateLimits(settings.limits().signer(), settings.limits().unverified())),
              blobs,
              clock);
      WebListener listener = WebListener.start("log", settings.listen(), api::register);
      parts.push(listener::close);
      this.address = listener.address();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Listens until closed.
   *
   * @throws IOException if the state contradicts itself or is in use, or the address cannot be
   *     bound
   */
  public static AttestationServer start(Settings settings, Clock clock) throws IOException {
    return new AttestationServer(settings, clock);
  }

  /** Where it listens, with the real port. */
  public URI address() {
    return address;
  }

  /** Answers what was taken in, and stops. */
  @Override
  public void close() {
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
  }
}
