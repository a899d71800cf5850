package org.whonix2.core.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.whonix2.core.snapshot.CanonicalList;
import org.whonix2.core.snapshot.ListDelta;
import org.whonix2.core.snapshot.StateVector;
import org.whonix2.core.snapshot.VectorDelta;

class SnapshotFuzzTest {
  @FuzzTest
  void canonicalList(byte[] input) {
    Parsed.isExact(input, CanonicalList::parse, CanonicalList::bytes);
  }

  @FuzzTest
  void packages(byte[] input) {
    Parsed.orRefused(input, CanonicalList::fromPackages)
        .ifPresent(
            list -> Parsed.isExact(list.bytes(), CanonicalList::parse, CanonicalList::bytes));
  }

  @FuzzTest
  void stateVector(byte[] input) {
    Parsed.isExact(input, StateVector::parse, StateVector::bytes);
  }

  @FuzzTest
  void listDelta(byte[] input) {
    Parsed.isExact(input, ListDelta::parse, ListDelta::bytes);
  }

  @FuzzTest
  void vectorDelta(byte[] input) {
    Parsed.isExact(input, VectorDelta::parse, VectorDelta::bytes);
  }
}
