package billing.run;

import billing.gateway.Inquiries;
import billing.mail.Postman;
import billing.rules.Event;
import billing.rules.Finding;
import billing.rules.RunState;
import billing.rules.WitnessRules.Verdict;
import billing.store.AppSql;
import billing.store.Command;
import billing.store.Database;
import billing.store.DatabaseSettings;
import billing.store.Installation;
import billing.store.Migrations;
import billing.store.Readiness;
import billing.store.RunLock;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Resolves every doubt, holds the gateway's listing against the books, and adopts what the database
 * forgot. It is given nothing by which it could charge.
 */
public final class Reconcile {

  private final Database database;
  private final Tenure.Locker locker;
  private final Inquiries gateway;
  private final Postman postman;
  private final ChargeSettings settings;
  private final String version;
  private final Consumer<RunState> watcher;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private volatile @Nullable Finding signal;

  /**
   * A reconciliation that is about to begin.
   *
   * @param login for the lock's own connection
   * @param version of the program, for the run's row
   * @param watcher sees each state, for progress
   */
  public Reconcile(
      Database database,
      DatabaseSettings login,
      Inquiries gateway,
      Postman postman,
      ChargeSettings settings,
      String version,
      Consumer<RunState> watcher) {
    this.database = database;
    this.locker = new HeedfulLocker(patience -> RunLock.take(login, patience), () -> signal);
    this.gateway = gateway;
    this.postman = postman;
    this.settings = settings;
    this.version = version;
    this.watcher = watcher;
  }

  /** What is under way is finished, and nothing more is asked. */
  public void stop(Finding finding) {
    signal = finding;
    events.add(new Event.Stopped(finding));
  }

  /**
   * Compares and writes nothing: no lock, no fence, no question about a doubt.
   *
   * @throws RunRefused where the gateway's account is another one than was enrolled
   */
  public ComparisonReport look(ReconcileOrder order) throws InterruptedException {
    var app = AppSql.load(settings.appSql());
    Migrations.check(database);
    var installation = Enrolled.check(database, gateway, settings.prefix());
    var clock = new RunClock(database.now(), System::nanoTime);
    var reckoning = reckoning(app, installation, clock, pace());
    var tally = new Tally();
    return reckoning.compare(order.since(), order.today(), new Looking(tally, false), tally);
  }

  /**
   * Reconciles, to the end.
   *
   * @throws RunRefused where a guard or the gateway says no before anything was done
   */
  public ReconcileReport run(ReconcileOrder order) {
    var app = AppSql.load(settings.appSql());
    try (var tenure = Tenure.begin(database, locker, settings, order.patience())) {
      Readiness.check(database, app);
      var footing = tenure.look();
      // The one command that goes on where the database went back: it is the cure.
      if (!(footing.verdict() instanceof Verdict.WentBack)) {
        footing.require();
      }
      var installation = Enrolled.check(database, gateway, settings.prefix());
      var fence = tenure.raise(Command.RECONCILE, version, order.today());
      var recovering = new ChargeOrder(order.today(), Set.of(), 0, order.patience());
      var night = new Night(database, settings, recovering, fence, postman, () -> signal, null);
      var cure =
          new Cure(tenure, footing, gateway, settings, version, order.mail(), database.now());
      if (!(footing.verdict() instanceof Verdict.Fits)) {
        // An outbox of an earlier time holds mail that was sent long ago.
        night.holdMail();
      }
      var clock = new RunClock(database.now(), System::nanoTime);
      var pace = pace();
      var work =
          new Reconciling(
              new Reconciling.Task(order, recovering, settings, app, installation, fence),
              database,
              gateway,
              events,
              watcher,
              reckoning(app, installation, clock, pace),
              pace,
              clock,
              tenure,
              night,
              cure);
      var report = night.finish(tenure, work::drive);
      return new ReconcileReport(report, work.rounds(), cure.curing());
    }
  }

  /** What ends a command from outside, if it waits among its events; null: nothing yet. */
  static @Nullable Finding ended(BlockingQueue<Event> events) {
    return events.stream()
        .filter(Event.Stopped.class::isInstance)
        .map(event -> ((Event.Stopped) event).finding())
        .findFirst()
        .orElse(null);
  }

  private Pace pace() {
    return new Pace(settings.rate(), System::nanoTime);
  }

  private Reckoning reckoning(AppSql app, Installation installation, RunClock clock, Pace pace) {
    return Reckoning.of(
        database, app, gateway, pace, settings, installation, clock::now, () -> ended(events));
  }
}
