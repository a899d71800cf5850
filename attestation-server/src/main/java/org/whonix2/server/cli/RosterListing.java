package org.whonix2.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.digest.Sha256;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.statement.MemberName;

/**
 * What a server answers about its roster. It is shown to people and decides nothing: what a change
 * does is decided by the server. So what else is in the answer is passed over.
 *
 * @param serial of the newest change, 0 before the first
 */
record RosterListing(String log, long serial, List<Line> members) {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  RosterListing {
    members = List.copyOf(members);
  }

  /**
   * One member.
   *
   * @param certificate digest of the certificate as it was admitted
   * @param setAside why nothing more is taken from it; empty where that is not so
   */
  record Line(MemberName name, Fingerprint fingerprint, Sha256 certificate, String setAside) {
    @Override
    public String toString() {
      return name + " " + fingerprint + (setAside.isEmpty() ? "" : " set aside: " + setAside);
    }
  }

  static RosterListing parse(byte[] json) throws MalformedInputException {
    try {
      JsonNode answer = MAPPER.readTree(json);
      List<Line> members = new ArrayList<>();
      for (JsonNode member : answer.path("rebuilders")) {
        members.add(line(member));
      }
      if (!answer.path("log").isTextual()
          || !answer.path("serial").canConvertToLong()
          || answer.path("serial").asLong() < 0) {
        throw new MalformedInputException("expected a roster, found no log or no serial");
      }
      return new RosterListing(
          answer.path("log").asText(), answer.path("serial").asLong(), members);
    } catch (JsonProcessingException e) {
      throw new MalformedInputException("expected a roster, found something that is not JSON", e);
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory could not be read", e);
    }
  }

  private static Line line(JsonNode member) throws MalformedInputException {
    JsonNode aside = member.path("setAside");
    JsonNode entries = aside.path("entries");
    return new Line(
        MemberName.parse(member.path("name").asText()),
        Fingerprint.parse(member.path("fingerprint").asText()),
        Sha256.parse(member.path("certificate").asText()),
        aside.isMissingNode()
            ? ""
            : "entries "
                + entries.path(0).asLong()
                + " and "
                + entries.path(1).asLong()
                + " say different things under "
                + Quoted.of(aside.path("what").asText())
                + " "
                + aside.path("number").asLong());
  }

  Optional<Line> member(MemberName name) {
    return members.stream().filter(line -> line.name().equals(name)).findFirst();
  }

  /** A line for each member. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    members.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }
}
