package billing.run;

import billing.gateway.Inquiries;
import billing.model.Fence;
import billing.rules.AdoptionRules;
import billing.rules.Effect;
import billing.rules.Eligibility;
import billing.rules.Event;
import billing.rules.Finding;
import billing.rules.Limits;
import billing.rules.RunPlan;
import billing.rules.RunRules;
import billing.rules.RunState;
import billing.store.AppSql;
import billing.store.AttemptReader;
import billing.store.Bookings;
import billing.store.Database;
import billing.store.FencedWriter;
import billing.store.Installation;
import billing.store.Queue;
import billing.store.Runs;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One reconciliation at work: doubts first, then the listing, round by round, until nothing that
 * the database forgot is left. For one thread.
 */
final class Reconciling {

  /** What all of one reconciliation's parts are made for. */
  record Task(
      ReconcileOrder order,
      ChargeOrder recovering,
      ChargeSettings settings,
      AppSql app,
      Installation installation,
      Fence fence) {}

  private final Inquiries gateway;
  private final ChargeSettings settings;
  private final BlockingQueue<Event> events;
  private final Consumer<RunState> watcher;
  private final ReconcileOrder order;
  private final ChargeOrder recovering;
  private final Tenure tenure;
  private final Night night;
  private final Fence fence;
  private final RunClock clock;
  private final Bookings bookings;
  private final Desk desk;
  private final Reckoning reckoning;
  private final Pace pace;
  private final Adopting.Means means;

  private final Cure cure;
  private int rounds;

  /** What the latest round saw and did, of one that was broken off, too; null: there was none. */
  private @Nullable Supplier<ComparisonReport> compared;

  private boolean judged;

  Reconciling(
      Task task,
      Database database,
      Inquiries gateway,
      BlockingQueue<Event> events,
      Consumer<RunState> watcher,
      Reckoning reckoning,
      Pace pace,
      RunClock clock,
      Tenure tenure,
      Night night,
      Cure cure) {
    this.settings = task.settings();
    this.gateway = gateway;
    this.events = events;
    this.watcher = watcher;
    this.order = task.order();
    this.recovering = task.recovering();
    this.fence = task.fence();
    this.reckoning = reckoning;
    this.pace = pace;
    this.clock = clock;
    this.tenure = tenure;
    this.night = night;
    this.cure = cure;
    var app = task.app();
    var installation = task.installation();
    var writer = new FencedWriter(database, app, fence, order.mail());
    bookings = new Bookings(database, app, fence.epoch(), order.mail());
    var adoption =
        new AdoptionRules(
            installation.id(), installation.account(), gateway.protocol(), settings.zone());
    means = new Adopting.Means(order, writer, adoption, cure, night);
    desk =
        new Desk(
            recovering,
            settings,
            new Eligibility(
                installation.id(), installation.account(), gateway.protocol(), Map.of()),
            new Desk.Stores(
                writer,
                bookings,
                new Queue(database, app, installation, gateway.protocol()),
                new AttemptReader(database),
                new Runs(database)),
            fenceNow -> {},
            tenure::holds,
            () -> {
              throw new IllegalStateException("nothing is sent by this command");
            });
    night.watch(desk);
  }

  int rounds() {
    return rounds;
  }

  /** To the end; whatever that is, the report has what was compared and adopted before it. */
  RunState drive() throws InterruptedException {
    var sender = Sender.ofQuestions(gateway, clock, pace, settings.concurrency(), events::add);
    tenure.tell(clock, events::add);
    try (var hands = new Hands(desk, sender, events::add)) {
      return drive(hands);
    } finally {
      tell();
    }
  }

  private RunState drive(Hands hands) throws InterruptedException {
    cure.await(clock::now, events);
    var state = resolve(hands);
    var tally = new Tally();
    var gapsAllowed = false;
    while (state.findings().isEmpty()) {
      var adoptedBefore = tally.adoptions();
      var adopting = new Adopting(means, tally, clock.now(), gapsAllowed);
      var round = compare(tally, adopting);
      if (round.endsSending() != null) {
        return state;
      }
      var adopted = tally.adoptions() - adoptedBefore;
      if (adopting.early() > 0) {
        cure.await(clock::now, events);
        var stop = Reconcile.ended(events);
        if (stop != null) {
          return RunState.endedBy(stop);
        }
        tally = tally.next();
        continue;
      }
      if (adopted > 0) {
        state = resolve(hands);
      }
      var last = adopted == 0 && (adopting.waiting() == 0 || gapsAllowed);
      if (last || rounds == Limits.ROUNDS) {
        judge(round, adopting.waiting());
        return state;
      }
      gapsAllowed = adopted == 0;
      tally = tally.next();
    }
    return state;
  }

  private ComparisonReport compare(Tally tally, Adopting adopting) throws InterruptedException {
    rounds++;
    var from = reckoning.from(order.since());
    var begun = clock.now();
    compared = () -> tally.report(from, begun, 0, 0, false);
    var acting =
        new Acting(
            gateway, reckoning.books(), bookings, adopting, order.today(), fence.epoch(), tally);
    var round = reckoning.compare(from, order.today(), acting, tally);
    compared = () -> round;
    cure.saw(round);
    return round;
  }

  private void tell() {
    if (compared != null) {
      night.compared(compared.get());
    }
    if (!judged) {
      // Its outbox may be of an earlier time, since nobody knows whether all that was forgotten
      // showed.
      night.holdMail();
      cure.unjudged(night);
    }
  }

  /** By the round after which no other follows. */
  private void judge(ComparisonReport round, int waiting) {
    if (waiting > 0) {
      night.trouble(
          Finding.FORGOTTEN,
          waiting + " charges that the database does not know could not be adopted yet");
      return;
    }
    cure.by(round, reckoning.gap(round, order.since(), cure.lastSend()), fence, night);
    // One that cured nothing may have come before all that was forgotten showed: the next begins
    // where it did, and sees what it adopted.
    switch (cure.curing()) {
      case Curing.NotNeeded() -> reckoning.keep(round, fence.epoch());
      case Curing.Done done -> reckoning.keep(round, fence.epoch());
      case Curing.Owed owed -> {}
    }
    judged = true;
  }

  private RunState resolve(Consumer<Effect> hands) throws InterruptedException {
    return new Loop(rules(), events, clock, hands, watcher).drive();
  }

  private RunRules rules() {
    return new RunRules(plan(), settings.rules(gateway.timings()));
  }

  /** A limit of 0 queues and claims nothing; declines are of days gone by, and end nothing. */
  private RunPlan plan() {
    var concurrency = settings.concurrency();
    return new RunPlan(
        concurrency,
        Math.min(Limits.BATCH, Math.max(1, concurrency)),
        recovering.limit(),
        settings.maxDoubts(),
        101,
        settings.recoveryWait(),
        null,
        order.today());
  }
}
