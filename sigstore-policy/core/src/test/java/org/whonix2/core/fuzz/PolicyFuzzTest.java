package org.whonix2.core.fuzz;

import static org.whonix2.core.fuzz.Parsed.bytes;
import static org.whonix2.core.fuzz.Parsed.text;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import org.whonix2.core.MalformedInputException;
import org.whonix2.core.Rfc3339;
import org.whonix2.core.policy.UpdatePolicy;
import org.whonix2.core.ticket.Tickets;
import org.whonix2.core.yaml.StrictYaml;

class PolicyFuzzTest {
  private static final byte[] CERTIFICATE = bytes(Samples.certificate().toArmored());

  @FuzzTest
  void time(byte[] input) {
    Parsed.isExact(input, in -> Rfc3339.parse(text(in)), Parsed::bytes);
  }

  @FuzzTest
  void yaml(byte[] input) {
    Parsed.orRefused(
        input,
        in -> {
          StrictYaml.mapping(in, UpdatePolicy.MAX_BYTES).end();
          return in;
        });
  }

  @FuzzTest
  void policy(byte[] input) {
    Parsed.orRefused(input, PolicyFuzzTest::read);
  }

  /** Every file that a policy names is the sample's certificate. */
  private static UpdatePolicy read(byte[] input) throws MalformedInputException {
    try {
      return UpdatePolicy.parse(input, (path, most) -> CERTIFICATE);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @FuzzTest
  void tickets(byte[] input) {
    Parsed.isExact(input, Tickets::parse, Tickets::toBytes);
  }
}
