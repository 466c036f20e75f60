package billing.cli;

import billing.store.Database;
import billing.store.Run;
import billing.store.RunLock;
import billing.store.Runs;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * Whether a run is at work at this moment.
 *
 * @param locked whether somebody has the lock
 * @param open the newest run, where it has not ended; null: it has
 */
record AtWork(boolean locked, @Nullable Run open) {

  static AtWork look(Database database) {
    var locked = RunLock.isHeld(database);
    var open = new Runs(database).last(1).stream().filter(run -> run.endedAt() == null);
    return new AtWork(locked, open.findFirst().orElse(null));
  }

  /** The twin of {@link #text} for programs: {@code run} is absent where none is open. */
  void put(ObjectNode node) {
    node.put("locked", locked);
    if (open != null) {
      node.put("run", open.no())
          .put("command", open.command())
          .put("host", open.host())
          .put("pid", open.pid());
    }
  }

  String text(boolean paused) {
    if (open == null && locked) {
      return "a command has just begun";
    }
    if (open == null) {
      return paused ? "no run; lock free" : "no run; not paused; lock free";
    }
    return locked
        ? "at work: " + StatusLines.whose(open)
        : StatusLines.whose(open) + " died; the next one finishes what it left";
  }
}
