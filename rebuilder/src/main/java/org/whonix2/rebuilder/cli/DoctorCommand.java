package org.whonix2.rebuilder.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.whonix2.io.cli.ExitCode;
import org.whonix2.io.cli.StateOptions;
import org.whonix2.rebuilder.process.Cancellation;
import org.whonix2.rebuilder.process.Programs;
import org.whonix2.rebuilder.sandbox.Finding;
import org.whonix2.rebuilder.sandbox.Machine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what this machine has and lacks for rebuilds. */
@Command(
    name = "doctor",
    description = {
      "Looks at what rebuilds need of this machine, and tries it: what was found, what it means, and"
          + " what to do.",
      "Exits with 0 if nothing is missing, with 5 if something is."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class DoctorCommand implements Callable<ExitCode> {
  @Option(names = "--json", description = "print the findings as one JSON object")
  private boolean json;

  @Mixin private StateOptions options = new StateOptions();

  @Override
  public ExitCode call() throws IOException {
    Path state = options.state().toAbsolutePath().normalize();
    Cancellation cancellation = new Cancellation();
    Cancellation.Work work = cancellation.onShutdown();
    try {
      List<Finding> findings = Machine.with(state, new Programs(cancellation)).tried();
      if (json) {
        json(findings, System.out);
      } else {
        table(findings, System.out);
      }
      return isReady(findings) ? ExitCode.DONE : ExitCode.OUTSIDE_FAILED;
    } finally {
      work.close();
    }
  }

  private static boolean isReady(List<Finding> findings) {
    return findings.stream().noneMatch(each -> each.state() == Finding.State.MISSING);
  }

  static void table(List<Finding> findings, PrintStream out) {
    for (Finding each : findings) {
      out.printf("%-8s %-18s %s%n", each.state(), each.what(), each.found());
      if (each.state() != Finding.State.GOOD) {
        out.printf("%27s %s%n", "it means:", each.meaning());
        out.printf("%27s %s%n", "to do:", each.fix());
      }
    }
    out.println(
        isReady(findings)
            ? "this machine can rebuild"
            : "this machine cannot rebuild until what is missing is there");
  }

  static void json(List<Finding> findings, PrintStream out) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("ready", isReady(findings));
    ArrayNode array = object.putArray("findings");
    for (Finding each : findings) {
      ObjectNode node = array.addObject();
      node.put("what", each.what());
      node.put("state", each.state().toString());
      node.put("found", each.found());
      node.put("meaning", each.meaning());
      node.put("fix", each.fix());
    }
    out.println(object.toPrettyString());
  }
}
