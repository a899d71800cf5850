package org.whonix2.core.dsse;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Quoted;
import org.whonix2.core.json.JsonFields;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.openpgp.SecretKey;

/** A payload, its type, and signatures that nobody has checked yet. */
public final class Envelope {
  /** The most bytes an envelope may have: what fits one entry of the log. */
  public static final int MAX_BYTES = 65_535;

  private static final int MAX_TYPE_LENGTH = 255;
  private static final int MAX_KEYID_LENGTH = 255;
  private static final int MAX_SIGNATURES = 16;

  private final String payloadType;
  private final byte[] payload;
  private final List<Signature> signatures;
  private final byte[] bytes;

  private Envelope(String payloadType, byte[] payload, List<Signature> signatures)
      throws MalformedInputException {
    // An unpaired surrogate has no UTF-8: two types would have one encoding.
    boolean encodable = StandardCharsets.UTF_8.newEncoder().canEncode(payloadType);
    if (payloadType.isEmpty() || payloadType.length() > MAX_TYPE_LENGTH || !encodable) {
      throw new MalformedInputException(
          "expected a payload type of 1 to "
              + MAX_TYPE_LENGTH
              + " characters, found "
              + (encodable ? payloadType.length() + " characters" : "an unpaired surrogate"));
    }
    this.payloadType = payloadType;
    this.payload = payload;
    this.signatures = List.copyOf(signatures);
    this.bytes = write();
    if (bytes.length > MAX_BYTES) {
      throw new MalformedInputException(
          "expected an envelope of at most " + MAX_BYTES + " bytes, found " + bytes.length);
    }
  }

  /** One signature as it stands in the envelope. */
  public static final class Signature {
    private final String keyid;
    private final byte[] sig;

    Signature(String keyid, byte[] sig) {
      this.keyid = keyid;
      this.sig = sig;
    }

    /** A hint which key made it, not authenticated; empty where there was none. */
    public String keyid() {
      return keyid;
    }

    /** The signature's bytes; ours are one OpenPGP packet. */
    public byte[] sig() {
      return sig.clone();
    }
  }

  /** Reads one envelope with one or more signatures; unknown members are refused. */
  public static Envelope parse(byte[] json) throws MalformedInputException {
    JsonFields fields = StrictJson.object(json, MAX_BYTES);
    byte[] payload = base64(fields, "payload");
    String payloadType = fields.string("payloadType");
    List<Signature> signatures = new ArrayList<>();
    for (JsonFields signature : fields.objects("signatures")) {
      String keyid = signature.optionalString("keyid").orElse("");
      if (keyid.length() > MAX_KEYID_LENGTH) {
        throw signature.unexpected("keyid", "at most " + MAX_KEYID_LENGTH + " characters");
      }
      signatures.add(new Signature(keyid, base64(signature, "sig")));
      signature.end();
    }
    fields.end();
    if (signatures.isEmpty() || signatures.size() > MAX_SIGNATURES) {
      throw new MalformedInputException(
          "expected 1 to " + MAX_SIGNATURES + " signatures, found " + signatures.size());
    }
    return new Envelope(payloadType, payload, signatures);
  }

  private static byte[] base64(JsonFields fields, String name) throws MalformedInputException {
    return fields.parsed(name, Base64Member::parse);
  }

  /**
   * Signs a payload.
   *
   * @throws MalformedInputException if the envelope would be larger than {@link #MAX_BYTES}
   * @throws IllegalStateException if the key cannot sign at that time, which {@link
   *     SecretKey#signingProblem} tells
   */
  public static Envelope sign(String payloadType, byte[] payload, SecretKey key, Instant at)
      throws MalformedInputException {
    byte[] sig = key.sign(PreAuthentication.encode(payloadType, payload), at);
    Signature signature = new Signature(key.certificate().fingerprint().hex(), sig);
    return new Envelope(payloadType, payload.clone(), List.of(signature));
  }

  /** One line of JSON without a line end, the same for the same content. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  private byte[] write() {
    ObjectNode envelope = StrictJson.newObject();
    envelope.put("payload", Base64Member.of(payload));
    envelope.put("payloadType", payloadType);
    ArrayNode list = envelope.putArray("signatures");
    for (Signature signature : signatures) {
      ObjectNode node = list.addObject();
      node.put("keyid", signature.keyid);
      node.put("sig", Base64Member.of(signature.sig));
    }
    return StrictJson.write(envelope);
  }

  /** What the payload claims to be; authenticated only in a {@link VerifiedEnvelope}. */
  public String payloadType() {
    return payloadType;
  }

  /** The payload's bytes as they were signed. */
  public byte[] payload() {
    return payload.clone();
  }

  public List<Signature> signatures() {
    return signatures;
  }

  /** The bytes that the signatures are over; for checks by hand with other tools. */
  public byte[] preAuthentication() {
    return PreAuthentication.encode(payloadType, payload);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Envelope that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "envelope of " + payload.length + " bytes of " + Quoted.of(payloadType);
  }
}
