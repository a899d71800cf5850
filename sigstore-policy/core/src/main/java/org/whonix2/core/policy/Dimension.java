package org.whonix2.core.policy;

import org.whonix2.core.statement.Rebuild;

/** What votes can be asked to differ in ({@code quorum.distinct}). */
public enum Dimension {
  /** Where the operator stands under law: the owner's word, in the policy. */
  JURISDICTION("jurisdiction"),
  ARCHITECTURE("architecture"),
  CPU_VENDOR("cpuVendor"),
  KERNEL("kernel"),
  COMPILER_ROOT("compilerRoot"),
  REBUILD_TOOL("tool");

  private final String key;

  Dimension(String key) {
    this.key = key;
  }

  /** How policies write it. */
  public String key() {
    return key;
  }

  /** Its value for a vote; of what is attested, the rebuilder's entry has allowed all before. */
  public String of(Rebuilder rebuilder, Rebuild rebuild) {
    return switch (this) {
      case JURISDICTION -> rebuilder.jurisdiction();
      case ARCHITECTURE -> rebuild.platform().architecture();
      case CPU_VENDOR -> rebuild.platform().cpuVendor();
      case KERNEL -> rebuild.platform().kernel();
      case COMPILER_ROOT -> rebuild.compilerRoot();
      case REBUILD_TOOL -> rebuild.rebuildTool();
    };
  }
}
