package org.whonix2.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Follows a log and keeps what is proven, as a box does. */
final class SimulatedBox {
  private final List<byte[]> taken = new ArrayList<>();
  private final WitnessQuorum quorum;
  private LogState state = LogState.empty();

  SimulatedBox() {
    this(SimulatedLog.QUORUM);
  }

  SimulatedBox(WitnessQuorum quorum) {
    this.quorum = quorum;
  }

  FollowOutcome follow(LogFetcher log) throws IOException {
    return follow(log, SimulatedLog.NOW);
  }

  FollowOutcome follow(LogFetcher log, Instant now) throws IOException {
    List<byte[]> provisional = new ArrayList<>();
    EntrySink sink =
        (index, entry) -> {
          assertThat(index).isEqualTo(taken.size() + provisional.size());
          provisional.add(entry);
        };
    FollowOutcome outcome =
        new Follower(SimulatedLog.TRUSTED, quorum)
            .follow(state, size -> HashReader.root(NaiveTree.reader(taken), size), log, sink, now);
    if (outcome instanceof FollowOutcome.Advanced advanced) {
      assertThat(advanced.from()).isEqualTo(taken.size());
      taken.addAll(provisional);
      state = advanced.state();
    } else if (outcome instanceof FollowOutcome.Unchanged unchanged) {
      state = unchanged.state();
    }
    return outcome;
  }

  List<byte[]> taken() {
    return taken;
  }

  LogState state() {
    return state;
  }

  void restore(LogState stored) {
    state = stored;
  }

  SignedNote kept() {
    return state.note().orElseThrow();
  }
}
