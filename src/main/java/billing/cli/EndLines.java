package billing.cli;

import billing.rules.Finding;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.function.Function;

/** How a run ended, for programs: all that it found, and as its error the most serious of that. */
final class EndLines {

  private EndLines() {}

  /**
   * @param next what to do about a finding
   */
  static void put(
      ObjectNode document, ExitCode exit, Set<Finding> findings, Function<Finding, String> next) {
    var sorted = findings.stream().sorted().toList();
    Json.lines(document, "findings", sorted.stream().map(Finding::name).toList());
    if (exit != ExitCode.DONE && !sorted.isEmpty()) {
      var gravest = sorted.getFirst();
      Json.error(document, exit, gravest.text(), next.apply(gravest));
    }
  }
}
