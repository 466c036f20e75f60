package billing.cli;

import billing.store.Status.FenceRow;
import java.util.Objects;

/** How the switch stands after {@code pause} or {@code resume}, and whether that is new. */
final class PauseLines {

  private PauseLines() {}

  static void print(Invocation invocation, String command, FenceRow before, FenceRow now) {
    var out = invocation.console().out();
    if (invocation.json()) {
      Json.print(
          out,
          Json.document(command, ExitCode.DONE)
              .put("paused", now.paused())
              .put("because", now.pausedBecause())
              .put("since", StatusLines.utc(now.pausedAt()))
              .put("changed", changed(before, now)));
    } else if (!invocation.quiet()) {
      out.println("billing " + command + ": " + text(before, now));
    }
  }

  private static boolean changed(FenceRow before, FenceRow now) {
    return before.paused() != now.paused() || !Objects.equals(before.pausedAt(), now.pausedAt());
  }

  private static String text(FenceRow before, FenceRow now) {
    if (!now.paused()) {
      return before.paused()
          ? "runs may charge again; the next one begins by itself, or now:  billing charge"
          : "it was not paused.";
    }
    return changed(before, now)
        ? "nothing more is charged until  billing resume"
        : "it is paused already, " + since(now);
  }

  /** Since when and why. */
  static String since(FenceRow paused) {
    return "since %s: %s"
        .formatted(
            paused.pausedAt() == null ? "an unknown time" : StatusLines.utc(paused.pausedAt()),
            StatusLines.orNothing(paused.pausedBecause()));
  }
}
