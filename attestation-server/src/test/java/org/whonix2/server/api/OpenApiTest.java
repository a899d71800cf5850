package org.whonix2.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.whonix2.server.Answers.header;

import io.javalin.Javalin;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.whonix2.core.log.SignatureType;
import org.whonix2.server.Answers;
import org.whonix2.server.TestLog;
import org.whonix2.server.admission.AdmissionRules;
import org.whonix2.server.admission.RateLimits;
import org.whonix2.server.cosigning.Cosigners;
import org.whonix2.server.roster.LoggedRoster;
import org.whonix2.server.sequencer.Publisher;
import org.whonix2.server.sequencer.Sequencer;
import org.whonix2.server.store.H2Database;
import org.whonix2.server.store.LogStore;

class OpenApiTest {
  @TempDir Path folder;

  private static Set<String> described(String yaml) {
    Set<String> described = new TreeSet<>();
    Map<?, ?> document =
        (Map<?, ?>)
            Objects.requireNonNull(new Load(LoadSettings.builder().build()).loadFromString(yaml));
    assertThat(document.get("openapi")).isEqualTo("3.1.0");
    Map<?, ?> paths = (Map<?, ?>) Objects.requireNonNull(document.get("paths"));
    paths.forEach(
        (path, methods) ->
            ((Map<?, ?>) methods)
                .keySet()
                .forEach(
                    method ->
                        described.add(
                            String.valueOf(method).toUpperCase(Locale.ROOT) + " " + path)));
    return described;
  }

  private Set<String> served() throws Exception {
    Set<String> served = new TreeSet<>();
    try (LogStore store = LogStore.open(H2Database.open(folder.resolve("log")), List.of());
        Cosigners nobody = new Cosigners(List.of(), Duration.ofSeconds(1), Duration.ofSeconds(1))) {
      Publisher publisher =
          Publisher.open(store, TestLog.key(TestLog.ORIGIN, SignatureType.ED25519), nobody);
      Sequencer sequencer = new Sequencer(store, publisher, Duration.ofMinutes(1));
      LogApi api =
          new LogApi(
              store,
              publisher,
              sequencer,
              new LoggedRoster(store),
              new AdmissionRules(
                  TestLog.ORIGIN,
                  Optional.empty(),
                  new RateLimits(RateLimits.SIGNER, RateLimits.UNVERIFIED)),
              Clock.systemUTC());
      Javalin.create(
          config -> {
            config.events.handlerAdded(
                handler ->
                    served.add(
                        handler.getHttpMethod().name()
                            + " "
                            + handler.getPath().replace('<', '{').replace('>', '}')));
            api.register(config.routes);
          });
    }
    return served;
  }

  @Test
  void describesExactlyTheRoutesServed() throws Exception {
    String yaml;
    try (TestLog log = new TestLog(folder.resolve("served"))) {
      HttpResponse<byte[]> answer = log.get("/openapi.yaml");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(header(answer, "Content-Type")).isEqualTo("application/yaml");
      yaml = Answers.text(answer);
    }
    assertThat(described(yaml)).hasSize(8).isEqualTo(served());
  }
}
