package org.whonix2.server.cosigning;

import java.net.URI;
import java.net.URISyntaxException;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.log.SignatureType;
import org.whonix2.core.log.VerifierKey;

/** A witness as it is configured: {@code URL,VKEY}, the URL being its submission prefix. */
public record WitnessAddress(URI prefix, VerifierKey key) {
  private static final int MAX_CHARACTERS = 2_048;

  public static WitnessAddress parse(String text) throws MalformedInputException {
    int comma = text.lastIndexOf(',');
    if (comma < 0 || text.length() > MAX_CHARACTERS) {
      throw new MalformedInputException("expected a witness as URL,VKEY, found '" + text + "'");
    }
    VerifierKey key = VerifierKey.parse(text.substring(comma + 1));
    if (key.type() != SignatureType.COSIGNATURE) {
      throw new MalformedInputException(
          "expected a witness's key (type 4) for " + key.name() + ", found a log's");
    }
    return new WitnessAddress(prefix(text.substring(0, comma)), key);
  }

  private static URI prefix(String text) throws MalformedInputException {
    try {
      URI prefix = new URI(text);
      boolean web = "http".equals(prefix.getScheme()) || "https".equals(prefix.getScheme());
      if (web
          && prefix.getHost() != null
          && prefix.getRawQuery() == null
          && prefix.getRawFragment() == null
          && prefix.getRawUserInfo() == null) {
        return prefix;
      }
    } catch (URISyntaxException e) {
      throw new MalformedInputException("expected a witness's URL: " + e.getMessage(), e);
    }
    throw new MalformedInputException(
        "expected a witness's URL of http or https without query, found '" + text + "'");
  }

  /** Where checkpoints are submitted. */
  URI addCheckpoint() {
    String base = prefix.toString();
    return URI.create(base + (base.endsWith("/") ? "" : "/") + "add-checkpoint");
  }

  @Override
  public String toString() {
    return prefix + "," + key;
  }
}
