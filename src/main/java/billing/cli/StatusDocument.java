package billing.cli;

import billing.run.FormerWaiting;
import billing.store.Database;
import billing.store.Outbox;
import billing.store.Run;
import billing.store.Runs;
import billing.store.Status;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What {@code status} says to programs. */
final class StatusDocument {

  private StatusDocument() {}

  static ObjectNode of(
      Database database, Status status, Undecided undecided, FormerWaiting former, ExitCode exit) {
    var document = Json.document("status", exit);
    var fence = status.fence();
    document
        .put("paused", fence.paused())
        .put("paused_because", fence.pausedBecause())
        .put("paused_at", StatusLines.utc(fence.pausedAt()))
        .put("epoch", fence.epoch());
    AtWork.look(database).put(document.putObject("at_work"));
    var states = document.putArray("states");
    for (var standing : status.states()) {
      states
          .addObject()
          .put("state", standing.name())
          .put("attempts", standing.attempts())
          .put("oldest", StatusLines.utc(standing.oldest()))
          .put("until", StatusLines.utc(standing.until()))
          .put("used_up", standing.used());
    }
    var counts = status.counts();
    document
        .put("doubts", counts.doubts())
        .put("reviews", counts.reviews())
        .put("differences", counts.differences())
        .put("former_account_waiting", former.count())
        .put("mails_waiting", new Outbox(database).waiting().ready());
    addRuns(document, new Runs(database));
    PersonLines.put(document, undecided);
    PersonLines.put(document.putArray("former_account"), former.first());
    return document;
  }

  private static void addRuns(ObjectNode document, Runs runs) {
    runs.lastCharge().ifPresent(run -> put(document.putObject("last_charge"), run));
    runs.lastCleanCharge().ifPresent(run -> put(document.putObject("last_clean_charge"), run));
    var array = document.putArray("runs");
    runs.last(StatusCommand.SHOWN).forEach(run -> put(array.addObject(), run));
  }

  private static void put(ObjectNode node, Run run) {
    var figures = StatusLines.figures(run);
    node.put("run", run.no())
        .put("command", run.command())
        .put("host", run.host())
        .put("pid", run.pid())
        .put("started", StatusLines.utc(run.startedAt()))
        .put("ended", StatusLines.utc(run.endedAt()))
        .put("exit", run.exitCode())
        .put("charged", figures.charged())
        .put("declined", figures.declined())
        .put("doubt", figures.doubt());
  }
}
