package org.whonix2.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.whonix2.core.openpgp.Fingerprint;
import org.whonix2.core.policy.PolicySuccession.Step;

/** A new policy is taken if enough maintainers of the old one and of the new one signed it. */
class PolicySuccessionTest {
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");
  private final PolicyText text = PolicyText.ofThree();
  private final UpdatePolicy seven = serial(7, text.people("maintainers"));

  private UpdatePolicy serial(int serial, String more) {
    try {
      return text.with(more).replacing("serial: 7", "serial: " + serial).read();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private String others() {
    return text.people("maintainers")
        .replace("keys/m2", "keys/m3")
        .replace(PolicyText.fingerprint("m2").toString(), PolicyText.fingerprint("m3").toString());
  }

  private static Step signed(UpdatePolicy policy, String... names) {
    Collection<Fingerprint> signers = Stream.of(names).map(PolicyText::fingerprint).toList();
    return new Step(policy, signers);
  }

  private void assertTaken(Step... steps) {
    assertThat(PolicySuccession.objection(seven, List.of(steps), NOW)).isEmpty();
  }

  private void assertRefused(String why, Step... steps) {
    assertThat(PolicySuccession.objection(seven, List.of(steps), NOW))
        .hasValueSatisfying(objection -> assertThat(objection).contains(why));
  }

  @Test
  void enoughOfTheSameMaintainersPassItOn() {
    UpdatePolicy eight = serial(8, text.people("maintainers"));
    assertTaken(signed(eight, "m0", "m2"));
    assertRefused("maintainers of serial 7, missing: 1 of m1, m2", signed(eight, "m0"));
    assertRefused("missing: 2 of m0, m1, m2", signed(eight));
    assertRefused("missing: 1 of m1, m2", signed(eight, "m0", "m0", "r0", "r1"));
  }

  @Test
  void oldAndNewMaintainersMustBothAgree() {
    UpdatePolicy eight = serial(8, others());
    assertRefused("maintainers of serial 8", signed(eight, "m0", "m2"));
    assertRefused("maintainers of serial 7", signed(eight, "m0", "m3"));
    assertTaken(signed(eight, "m0", "m2", "m3"));
    assertTaken(signed(eight, "m0", "m1"));
  }

  @Test
  void serialBySerial() {
    UpdatePolicy eight = serial(8, text.people("maintainers"));
    UpdatePolicy nine = serial(9, text.people("maintainers"));
    assertRefused("expected serial 8", signed(nine, "m0", "m1"));
    assertRefused("expected serial 8", signed(seven, "m0", "m1"));
    assertRefused("expected serial 8", signed(serial(6, text.people("maintainers")), "m0", "m1"));
    assertRefused("expected serial 9", signed(eight, "m0", "m1"), signed(eight, "m0", "m1"));
    assertTaken(signed(eight, "m0", "m1"), signed(nine, "m1", "m2"));
    assertRefused("missing", signed(eight, "m0"), signed(nine, "m0", "m1"));
  }

  @Test
  void onlyTheNewestMustBeUnexpired() throws Exception {
    UpdatePolicy eight =
        text.with(text.people("maintainers"))
            .replacing("serial: 7", "serial: 8")
            .replacing("2027-06-01", "2026-11-21")
            .read();
    UpdatePolicy nine = serial(9, text.people("maintainers"));
    assertRefused("expired at 2026-11-21", signed(eight, "m0", "m1"));
    assertTaken(signed(eight, "m0", "m1"), signed(nine, "m0", "m1"));
  }

  @Test
  void anotherPolicysNameIsNoSuccession() throws Exception {
    UpdatePolicy other =
        text.with(text.people("maintainers"))
            .replacing("name: gateway, serial: 7", "name: workstation, serial: 8")
            .read();
    assertRefused(
        "a successor of the policy 'gateway', found the policy 'workstation', serial 8",
        signed(other, "m0", "m1"));
  }

  @Test
  void aPolicyWithoutMaintainersHasNoSuccessor() {
    UpdatePolicy none = serial(7, "");
    UpdatePolicy eight = serial(8, text.people("maintainers"));
    assertThat(PolicySuccession.objection(none, List.of(signed(eight, "m0", "m1")), NOW))
        .isPresent();
    assertRefused("maintainers of serial 8", signed(serial(8, ""), "m0", "m1"));
  }
}
