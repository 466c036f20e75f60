package billing.run;

import billing.store.Command;
import billing.store.Database;
import billing.store.Decisions;
import billing.store.Decisions.Kind;
import billing.store.Resolutions;
import billing.store.Run;
import billing.store.Run.Declines;
import billing.store.Runs;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the declines of a run that ended because there were too many, or of the letters
 * that one held since the database had forgotten charges. The latter declined nothing by itself.
 */
final class DeclinesMatter implements Matter {

  private final Database database;
  private final ResolveOrder.Declines order;
  private final String because;

  DeclinesMatter(Database database, ResolveOrder.Declines order, String because) {
    this.database = database;
    this.order = order;
    this.because = because;
  }

  @Override
  public Optional<String> before() {
    var run = run();
    return switch (run.declines()) {
      case HELD -> Optional.empty();
      case COUNT ->
          throw Verdicts.refused(
              "run %d holds neither declines nor letters: there is nothing to decide"
                  .formatted(order.run()),
              "billing status, which lists the runs that wait for a person");
      case TOLD -> before(run, order.tell(), "told");
      case VOID -> before(run, !order.tell(), "void");
    };
  }

  private Run run() {
    return new Runs(database)
        .byNo(order.run())
        .orElseThrow(() ->
            Verdicts.unknown("run " + order.run(), "billing status, which lists the last runs"));
  }

  private Optional<String> before(Run run, boolean same, String how) {
    var who =
        new Decisions(database)
            .latest(List.of(Kind.TELL, Kind.VOID), Long.toString(order.run()))
            .map(made -> " by " + made.byUser() + " at " + made.at() + ": " + made.because())
            .orElse("");
    var what =
        "the %s of run %d are %s already%s".formatted(word(run.holds()), order.run(), how, who);
    if (!same) {
      throw Verdicts.refused(what, "billing status");
    }
    return Optional.of(what);
  }

  private static String word(Command.Holds holds) {
    return switch (holds) {
      case DECLINES -> "declines";
      case LETTERS -> "letters";
    };
  }

  @Override
  public String decide(Resolutions resolutions) {
    var kind = order.tell() ? Kind.TELL : Kind.VOID;
    Verdicts.written(
        resolutions.declines(
            order.run(),
            order.tell() ? Declines.TOLD : Declines.VOID,
            new Decisions.Decision(kind, Long.toString(order.run()), because, "not asked")));
    return switch (run().holds()) {
      case LETTERS ->
          "the letters that run %d held are %s"
              .formatted(order.run(), order.tell() ? "told" : "void: nobody is told");
      case DECLINES ->
          order.tell()
              ? "the declines of run %d count: their customers are told".formatted(order.run())
              : "the declines of run %d do not count: nobody is told, and what is due is charged by"
                      .formatted(order.run())
                  + " the next run";
    };
  }

  @Override
  public @Nullable String invoiceId() {
    return null;
  }

  @Override
  public boolean tells() {
    return order.tell();
  }
}
