package billing.run;

import billing.gateway.Inquiries;
import billing.model.Fence;
import billing.model.Forgotten;
import billing.rules.AdoptionRules;
import billing.rules.Effect;
import billing.rules.Eligibility;
import billing.rules.Event;
import billing.rules.Finding;
import billing.rules.Limits;
import billing.rules.RunPlan;
import billing.rules.RunRules;
import billing.rules.RunState;
import billing.rules.WitnessRules;
import billing.store.Adopted;
import billing.store.AppSql;
import billing.store.AttemptReader;
import billing.store.Bookings;
import billing.store.Database;
import billing.store.FencedWriter;
import billing.store.Installation;
import billing.store.Queue;
import billing.store.Runs;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

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
  private final FencedWriter writer;
  private final Bookings bookings;
  private final Runs runs;
  private final Desk desk;
  private final Reckoning reckoning;
  private final Pace pace;
  private final AdoptionRules adoption;

  private final Cure cure;
  private int rounds;

  /** Forgotten tries that wait for the one before them; those of which an earlier one is lost. */
  private int waiting;

  /** Forgotten ones that wait for a listing that surely shows all others. */
  private int early;

  private boolean gapsAllowed;

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
    writer = new FencedWriter(database, app, fence, order.mail());
    runs = new Runs(database);
    bookings = new Bookings(database, app, fence.epoch(), order.mail());
    adoption =
        new AdoptionRules(
            installation.id(), installation.account(), gateway.protocol(), settings.zone());
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
                runs),
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

  /** To the end. */
  RunState drive() throws InterruptedException {
    var sender = Sender.ofQuestions(gateway, clock, pace, settings.concurrency(), events::add);
    tenure.tell(clock, events::add);
    try (var hands = new Hands(desk, sender, events::add)) {
      cure.await(clock::now, events);
      var state = resolve(hands);
      var tally = new Tally();
      while (state.findings().isEmpty()) {
        var adoptedBefore = tally.adoptions();
        var compared = compare(tally);
        if (compared.endsSending() != null) {
          night.compared(compared);
          return state;
        }
        var adopted = tally.adoptions() - adoptedBefore;
        if (early > 0) {
          cure.await(clock::now, events);
          tally = tally.next();
          continue;
        }
        if (adopted > 0) {
          state = resolve(hands);
        } else if (waiting == 0 || gapsAllowed) {
          finish(compared);
          return state;
        }
        if (rounds == Limits.ROUNDS) {
          finish(compared);
          return state;
        }
        gapsAllowed = adopted == 0;
        tally = tally.next();
      }
      return state;
    }
  }

  private ComparisonReport compare(Tally tally) throws InterruptedException {
    rounds++;
    waiting = 0;
    early = 0;
    var acting =
        new Acting(
            gateway,
            reckoning.books(),
            bookings,
            new Remembering(tally, clock.now()),
            order.today(),
            fence.epoch(),
            tally);
    return reckoning.compare(order.since(), order.today(), acting, tally);
  }

  private void finish(ComparisonReport compared) {
    night.compared(compared);
    if (waiting > 0) {
      night.trouble(
          Finding.FORGOTTEN,
          waiting + " charges that the database does not know could not be adopted yet");
      return;
    }
    cure.by(compared, reckoning.gap(compared, order.since(), cure.lastSend()), fence, night);
    // One that cured nothing may have come before all that was forgotten showed: the next begins
    // where it did, and sees what it adopted.
    switch (cure.curing()) {
      case Curing.NotNeeded() -> reckoning.keep(compared, fence.epoch());
      case Curing.Done done -> reckoning.keep(compared, fence.epoch());
      case Curing.Owed owed -> {}
    }
  }

  private final class Remembering implements Acting.Remembering {

    private final Tally tally;
    private final Instant listed;

    Remembering(Tally tally, Instant listed) {
      this.tally = tally;
      this.listed = listed;
    }

    @Override
    public boolean waitsWith(String name) {
      if (!cure.isTooEarly(listed)) {
        return false;
      }
      early++;
      tally.wouldAdopt(name);
      holdLetters();
      return true;
    }

    /** An invoice has one live attempt, so a later try waits until the one before it has ended. */
    @Override
    public void adopt(Forgotten forgotten) {
      if (!forgotten.inOrder() && !gapsAllowed) {
        waiting++;
        return;
      }
      switch (writer.adopt(forgotten, order.today(), adoption::adopt, holdsLetters())) {
        case Adopted.Sent(var key) -> {
          tally.adopted(key);
          holdLetters();
        }
        case Adopted.Differs(var opened) -> {
          tally.differs(opened, opened.size());
          if (!opened.isEmpty()) {
            holdLetters();
          }
        }
        case Adopted.Moved() -> waiting++;
        case Adopted.Fenced(var mine, var present) -> {
          var back = WitnessRules.wentBack(mine, present);
          tally.finding(back ? Finding.WENT_BACK : Finding.FENCED);
          tally.trouble(WitnessRules.why(mine, present));
        }
      }
    }

    @Override
    public void aSend() {
      holdLetters();
      if (holdsLetters()) {
        writer.holdLetters();
      }
    }

    /** Those that are queued until this command ends, too. */
    private void holdLetters() {
      if (!order.mail()) {
        night.holdLetters();
      }
    }

    /** Where a witness refuses, none is sent before the cure, which holds them. */
    private boolean holdsLetters() {
      return !order.mail() && !cure.isWitnessed();
    }
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
