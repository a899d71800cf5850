package org.whonix2.core.statement;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.whonix2.core.fuzz.Parsed;

/** Beside its parser, which only this package sees; the other harnesses are in core.fuzz. */
class DebPurlFuzzTest {
  @FuzzTest
  void purl(byte[] input) {
    Parsed.isExact(input, in -> DebPurl.parse(Parsed.text(in)), Parsed::bytes);
  }
}
