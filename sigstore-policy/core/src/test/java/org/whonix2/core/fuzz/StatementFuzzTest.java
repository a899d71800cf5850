package org.whonix2.core.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.whonix2.core.dsse.Envelope;
import org.whonix2.core.json.StrictJson;
import org.whonix2.core.statement.Statement;

class StatementFuzzTest {
  @FuzzTest
  void json(byte[] input) {
    Parsed.orRefused(
        input,
        in -> {
          StrictJson.object(in, Envelope.MAX_BYTES).end();
          return in;
        });
  }

  @FuzzTest
  void envelope(byte[] input) {
    Parsed.comesBack(input, Envelope::parse, Envelope::toBytes);
  }

  /** Every kind: the corpus has each. */
  @FuzzTest
  void statement(byte[] input) {
    Parsed.comesBack(input, in -> Statement.parse(Statement.PAYLOAD_TYPE, in), Statement::toJson);
  }
}
