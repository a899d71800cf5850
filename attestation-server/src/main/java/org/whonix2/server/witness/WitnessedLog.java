package org.whonix2.server.witness;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.TrustedLog;
import org.whonix2.core.log.VerifierKey;

/**
 * A log as a witness is told of it: {@code VKEY}, or {@code ORIGIN,VKEY} where the key is not named
 * as the log is. A log that changes its key is given with each of them.
 */
public final class WitnessedLog {
  private WitnessedLog() {}

  /** All logs of these texts, each origin once, with all of its keys. */
  public static List<TrustedLog> parseAll(List<String> texts) throws MalformedInputException {
    Map<String, List<VerifierKey>> keys = new LinkedHashMap<>();
    for (String text : texts) {
      TrustedLog log = parse(text);
      keys.computeIfAbsent(log.origin(), origin -> new ArrayList<>()).addAll(log.keys());
    }
    List<TrustedLog> logs = new ArrayList<>();
    for (Map.Entry<String, List<VerifierKey>> log : keys.entrySet()) {
      logs.add(trusted(log.getKey(), log.getValue()));
    }
    return logs;
  }

  static TrustedLog parse(String text) throws MalformedInputException {
    int comma = text.lastIndexOf(',');
    VerifierKey key = VerifierKey.parse(text.substring(comma + 1));
    if (key.type() != SignatureType.ED25519) {
      throw new MalformedInputException(
          "expected a log's key (type 1) for " + key.name() + ", found a witness's");
    }
    String origin = comma < 0 ? key.name() : text.substring(0, comma);
    if (isKey(origin)) {
      throw new MalformedInputException(
          "expected one log, found two keys: give each log for itself");
    }
    return trusted(origin, List.of(key));
  }

  private static boolean isKey(String origin) {
    try {
      VerifierKey.parse(origin);
      return true;
    } catch (MalformedInputException e) {
      return false;
    }
  }

  private static TrustedLog trusted(String origin, List<VerifierKey> keys)
      throws MalformedInputException {
    try {
      return new TrustedLog(origin, keys);
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException(String.valueOf(e.getMessage()), e);
    }
  }
}
