package org.whonix2.server.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import org.whonix2.server.roster.LoggedRoster;
import org.whonix2.server.roster.Member;
import org.whonix2.server.roster.Roster;
import org.whonix2.server.sequencer.Publisher;
import org.whonix2.server.web.ReadRoute;

/** Who may submit. */
final class RosterRoutes {
  private final LoggedRoster roster;
  private final Publisher publisher;
  private volatile Roster shown = Roster.EMPTY;

  RosterRoutes(LoggedRoster roster, Publisher publisher) {
    this.roster = roster;
    this.publisher = publisher;
  }

  void register(RoutesConfig routes) {
    ReadRoute.add(routes, "/api/v1/rebuilders", this::rebuilders);
  }

  private void rebuilders(Context context) throws IOException {
    Roster found = roster.current();
    // Nothing is shown that no published checkpoint covers.
    if (found.version() <= publisher.latest().size()) {
      shown = found;
    }
    context
        .contentType("application/json")
        .header("Cache-Control", "no-cache")
        .result(json(shown).toString());
  }

  private ObjectNode json(Roster found) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("log", publisher.origin());
    json.put("serial", found.serial());
    ArrayNode rebuilders = json.putArray("rebuilders");
    for (Member member : found.members()) {
      ObjectNode one = rebuilders.addObject();
      one.put("name", member.name().text());
      one.put("fingerprint", member.fingerprint().hex());
      one.put("certificate", member.certificate().toString());
      one.put("admitted", member.admitted());
      ArrayNode updates = one.putArray("updates");
      member.updates().forEach(updates::add);
      found
          .setAside(member.fingerprint())
          .ifPresent(
              why -> {
                ObjectNode aside = one.putObject("setAside");
                aside.put("what", why.what());
                aside.put("number", why.number());
                aside.putArray("entries").add(why.first()).add(why.second());
              });
    }
    return json;
  }
}
