package billing.run;

import billing.gateway.Gateway;
import billing.mail.Postman;
import billing.model.Durations;
import billing.model.Fence;
import billing.rules.Effect;
import billing.rules.Eligibility;
import billing.rules.Event;
import billing.rules.Finding;
import billing.rules.Limits;
import billing.rules.RunPlan;
import billing.rules.RunRules;
import billing.rules.RunState;
import billing.rules.WitnessRules.Verdict;
import billing.store.AppSql;
import billing.store.AttemptReader;
import billing.store.Bookings;
import billing.store.Command;
import billing.store.Database;
import billing.store.DatabaseSettings;
import billing.store.DatabaseTrouble;
import billing.store.FencedWriter;
import billing.store.Installation;
import billing.store.Queue;
import billing.store.Readiness;
import billing.store.RunLock;
import billing.store.Runs;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The nightly run, end to end: lock, fence, recover, queue, claim, send, decide, book, tell. */
public final class Charge {

  private static final Logger LOG = LoggerFactory.getLogger(Charge.class);

  private final Database database;
  private final Tenure.Locker locker;
  private final Gateway gateway;
  private final Postman postman;
  private final ChargeSettings settings;
  private final String version;
  private final Consumer<RunState> watcher;
  private final Consumer<Effect> trace;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private volatile @Nullable Finding stopped;
  private @Nullable Function<ChargeReport, String> summary;

  /**
   * A run that is about to begin.
   *
   * @param login for the lock's own connection
   * @param version of the program, for the run's row
   * @param watcher sees each state, for progress
   * @param trace sees each effect before it is done
   */
  public Charge(
      Database database,
      DatabaseSettings login,
      Gateway gateway,
      Postman postman,
      ChargeSettings settings,
      String version,
      Consumer<RunState> watcher,
      Consumer<Effect> trace) {
    this(
        database,
        patience -> RunLock.take(login, patience),
        gateway,
        postman,
        settings,
        version,
        watcher,
        trace);
  }

  Charge(
      Database database,
      Tenure.Locker locker,
      Gateway gateway,
      Postman postman,
      ChargeSettings settings,
      String version,
      Consumer<RunState> watcher,
      Consumer<Effect> trace) {
    this.database = database;
    this.locker = new HeedfulLocker(locker, () -> stopped);
    this.gateway = gateway;
    this.postman = postman;
    this.settings = settings;
    this.version = version;
    this.watcher = watcher;
    this.trace = trace;
  }

  /** Nothing new is sent from now on; what is in flight is finished or left SENT. */
  public void stop(Finding signal) {
    stopped = signal;
    events.add(new Event.Stopped(signal));
  }

  /** What is kept of the report with the run: JSON. */
  public Charge keeping(Function<ChargeReport, String> json) {
    summary = json;
    return this;
  }

  /**
   * Runs to the end.
   *
   * @throws RunRefused where a guard or the gateway says no before the first claim
   * @throws DatabaseTrouble where the database is not there, or not as it is needed
   */
  public ChargeReport run(ChargeOrder order) {
    var app = AppSql.load(settings.appSql());
    try (var tenure = Tenure.begin(database, locker, settings, order.patience())) {
      postman.check(Readiness.check(database, app));
      var footing = tenure.look();
      footing.require();
      var installation = Enrolled.check(database, gateway, settings.prefix());
      var fence = tenure.raise(Command.CHARGE, version, order.asOf());
      var night = new Night(database, settings, order, fence, postman, () -> stopped, summary);
      return night.finish(
          tenure, () -> drive(order, app, installation, tenure, footing, fence, night));
    }
  }

  private RunState drive(
      ChargeOrder order,
      AppSql app,
      Installation installation,
      Tenure tenure,
      Footing footing,
      Fence fence,
      Night night)
      throws InterruptedException {
    var clock = new RunClock(database.now(), System::nanoTime);
    var timings = gateway.timings();
    var stores = stores(app, installation, fence);
    var desk = desk(order, installation, stores, tenure, clock);
    night.watch(desk);
    var plan = plan(order, clock);
    var rules = new RunRules(plan, settings.rules(timings));
    var pace = new Pace(settings.rate(), System::nanoTime);
    var reckoning =
        Reckoning.of(
            database,
            app,
            gateway,
            pace,
            settings,
            installation,
            clock::now,
            () -> plan.isOver(clock.now()) ? Finding.STOP_AFTER : Reconcile.ended(events));
    var sender = new Sender(gateway, clock, pace, settings.concurrency(), events::add);
    tenure.tell(clock, events::add);
    try (var hands = new Hands(desk, sender, events::add)) {
      if (footing.verdict() instanceof Verdict.Waits waits
          && waitOut(
              waits.why(),
              waits.until(clock.now(), settings.horizon(timings).afterLastSend()),
              clock)) {
        tenure.waitedOut();
      }
      var compared = compare(reckoning, stores, today(order, clock), fence);
      night.compared(compared);
      if (compared.findings().contains(Finding.FORGOTTEN)) {
        night.holdLetters();
      }
      var refusal = compared.endsSending();
      if (refusal != null) {
        return RunState.endedBy(refusal);
      }
      try (var second =
          new SecondLook(reckoning, finding -> events.add(new Event.Stopped(finding)))) {
        var state =
            new Loop(rules, events, clock, trace.andThen(hands), watcher.andThen(second::watch))
                .drive();
        var seen = second.await();
        if (seen != null) {
          night.compared(seen);
        }
        return state;
      }
    }
  }

  private Desk.Stores stores(AppSql app, Installation installation, Fence fence) {
    return new Desk.Stores(
        new FencedWriter(database, app, fence),
        new Bookings(database, app, fence.epoch()),
        new Queue(database, app, installation, gateway.protocol()),
        new AttemptReader(database),
        new Runs(database));
  }

  private Desk desk(
      ChargeOrder order,
      Installation installation,
      Desk.Stores stores,
      Tenure tenure,
      RunClock clock) {
    var eligibility =
        new Eligibility(
            installation.id(), installation.account(), gateway.protocol(), settings.maxAmounts());
    var permit = gateway.timings().permit();
    return new Desk(
        order,
        settings,
        eligibility,
        stores,
        fence -> tenure.remember(fence, clock.now()),
        tenure::holds,
        () -> new ClaimPermit(permit, System::nanoTime, InstantSource.system()));
  }

  /**
   * Until what was sent without this host's knowledge can no longer take effect unseen.
   *
   * @return false where the run was stopped meanwhile
   */
  private boolean waitOut(String why, Instant until, RunClock clock) throws InterruptedException {
    var seconds = Duration.between(clock.now(), until).toSeconds();
    if (seconds > 0) {
      LOG.warn(
          "{}. The run waits {} before it asks and sends; it may be stopped",
          why,
          Durations.text(Duration.ofSeconds(seconds)));
    }
    while (clock.now().isBefore(until)) {
      var left = Duration.between(clock.now(), until).toMillis() + 1;
      var stopped = events.poll(left, TimeUnit.MILLISECONDS);
      if (stopped != null) {
        return !events.add(stopped);
      }
    }
    return true;
  }

  /** Before the first send: what the gateway has and the database does not know ends the run. */
  private ComparisonReport compare(
      Reckoning reckoning, Desk.Stores stores, LocalDate today, Fence fence)
      throws InterruptedException {
    var tally = new Tally();
    var acting =
        new Acting(
            gateway, reckoning.books(), stores.bookings(), null, today, fence.epoch(), tally);
    var compared = reckoning.compare(null, today, acting, tally);
    reckoning.keep(compared, fence.epoch());
    return compared;
  }

  private RunPlan plan(ChargeOrder order, RunClock clock) {
    var longest = settings.stopAfter();
    return new RunPlan(
        concurrency(),
        Math.min(Limits.BATCH, Math.max(1, concurrency())),
        order.limit(),
        settings.maxDoubts(),
        settings.maxDeclines(),
        settings.recoveryWait(),
        longest == null ? null : clock.now().plus(longest),
        today(order, clock));
  }

  private LocalDate today(ChargeOrder order, RunClock clock) {
    return order.actualDay(LocalDate.ofInstant(clock.now(), settings.zone()));
  }

  /** No more under way than the pace lets out within a quarter of a permit. */
  private int concurrency() {
    if (settings.rate() == 0) {
      return settings.concurrency();
    }
    var inTime = settings.rate() * gateway.timings().permit().toMillis() / 4000;
    return (int) Math.max(1, Math.min(settings.concurrency(), inTime));
  }
}
