package org.whonix2.core.policy;

import java.util.Optional;
import java.util.Set;
import org.whonix2.core.openpgp.Certificate;
import org.whonix2.core.statement.Rebuild;

/**
 * Who a rebuilder is, by the owner's word. What an attestation claims against it counts for
 * nothing.
 *
 * @param operator who runs it; all rebuilders of one operator are one vote
 * @param jurisdiction such as {@code DE}
 * @param certificate the key it signs with, pinned by the fingerprint that the policy names
 * @param tool the program it rebuilds with
 * @param platform what it runs on
 * @param compilerRoots the roots it may attest
 */
public record Rebuilder(
    String name,
    String operator,
    String jurisdiction,
    Certificate certificate,
    String tool,
    DeclaredPlatform platform,
    Set<String> compilerRoots) {
  public Rebuilder {
    compilerRoots = Set.copyOf(compilerRoots);
  }

  /** The platform as the owner knows it. */
  public record DeclaredPlatform(String architecture, String cpuVendor, String kernel) {}

  /** What the attestation claims that this entry does not allow, or empty. */
  public Optional<String> contradiction(Rebuild rebuild) {
    if (!compilerRoots.contains(rebuild.compilerRoot())) {
      return Optional.of(claim("compiler root", rebuild.compilerRoot(), compilerRoots.toString()));
    }
    if (!tool.equals(rebuild.rebuildTool())) {
      return Optional.of(claim("tool", rebuild.rebuildTool(), tool));
    }
    if (rebuild.platform().emulated()) {
      return Optional.of("it ran on an emulated processor, which the policy cannot name yet");
    }
    DeclaredPlatform attested =
        new DeclaredPlatform(
            rebuild.platform().architecture(),
            rebuild.platform().cpuVendor(),
            rebuild.platform().kernel());
    if (!platform.equals(attested)) {
      return Optional.of(claim("platform", text(attested), text(platform)));
    }
    return Optional.empty();
  }

  private static String claim(String what, String attested, String allowed) {
    return "it claims " + what + " " + attested + ", the policy says " + allowed;
  }

  private static String text(DeclaredPlatform platform) {
    return platform.architecture() + "/" + platform.cpuVendor() + "/" + platform.kernel();
  }
}
