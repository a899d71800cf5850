package org.whonix2.rebuilder.bootstrap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.whonix2.core.MalformedInputException;
import org.whonix2.io.cli.CommandException;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.toolchain.BootstrapPlan;
import org.whonix2.toolchain.PlanRoot;
import org.whonix2.toolchain.Toolchain;

/** The stage of a toolchain's compiler that builds use. */
public final class UsedStage {
  private UsedStage() {}

  /**
   * Takes or makes it.
   *
   * @param logs a folder for what stages print
   * @throws CommandException if the toolchain's plan has no such root, or a stage failed
   */
  public static Stage of(Toolchain toolchain, String compilerRoot, Workshop shop, Path logs)
      throws IOException, CommandException, MalformedInputException {
    String name = toolchain.plan().orElse(toolchain.name());
    BootstrapPlan plan =
        shop.definitions()
            .plan(name)
            .orElseThrow(
                () ->
                    new CommandException(
                        ExitCode.USAGE, "there is no bootstrap plan '" + name + "'"));
    if (!plan.makes().equals(toolchain.name())) {
      throw new CommandException(
          ExitCode.USAGE,
          "plan "
              + name
              + " makes the compiler of "
              + plan.makes()
              + ", not of "
              + toolchain.name());
    }
    if (toolchain.planDigest().filter(digest -> !digest.equals(plan.digest())).isPresent()) {
      throw new CommandException(
          ExitCode.USAGE,
          "toolchain "
              + toolchain.name()
              + " is of plan "
              + name
              + " with digest "
              + toolchain.planDigest().map(String::valueOf).orElse("")
              + ", the plan here has "
              + plan.digest());
    }
    PlanRoot root = root(plan, compilerRoot);
    return Bootstrap.of(plan, shop).stages(root, plan.uses(), logs).get(plan.uses() - 1);
  }

  /** The root of this name that comes to the stage that builds use. */
  public static PlanRoot root(BootstrapPlan plan, String name) throws CommandException {
    return plan.root(name)
        .filter(root -> root.stages() >= plan.uses())
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.USAGE,
                    "plan " + plan.name() + " has no compiler root '" + name + "' to build with",
                    "it has "
                        + plan.roots().stream()
                            .map(PlanRoot::name)
                            .collect(Collectors.joining(", "))));
  }
}
