package billing.torture;

import billing.sandbox.Arrival;
import billing.sandbox.Charge;
import billing.sandbox.Fault;
import billing.sandbox.Match;
import billing.sandbox.Operation;
import billing.torture.Harms.Card;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Accidents that chance would seldom bring about, staged in the middle of all the others. */
final class Scenes {

  private static final int TRIES = 3;
  private static final int LOST = 4;
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration LONGER_THAN_A_PERMIT = Duration.ofMillis(2500);

  private final World world;

  private final Operator operator;
  private final Backups backups;

  Scenes(World world, Operator operator) {
    this.world = world;
    this.operator = operator;
    this.backups = new Backups(world, operator);
  }

  List<Card> all() {
    return List.of(
        new Card(Edge.FENCED, this::fencedOff),
        new Card(Edge.LOCK_KILLED, this::lockIsLost),
        new Card(Edge.CONNECTIONS_CUT, this::connectionsAreCut),
        new Card(Edge.PERMIT_EXPIRED, this::permitExpires),
        new Card(Edge.GATEWAY_AWAY, this::gatewayAway),
        new Card(Edge.CANCELLED, this::paidMeanwhile),
        new Card(Edge.KEYS_FORGOTTEN, this::keysForgotten),
        new Card(Edge.RESOLVED_SETTLED, this::refundedUnseen),
        new Card(Edge.CHARGED_AGAIN, this::refundedAndDueAgain),
        new Card(Edge.DEADLINE_PASSED, this::daysPass),
        new Card(Edge.CURED, backups::take),
        new Card(Edge.RESTORED, backups::restore));
  }

  /** The session that has the lock, if any, ends, and nobody tells its runner. */
  void killLock() {
    var holder = world.around.rows("SELECT IS_USED_LOCK('%s')".formatted(World.LOCK)).getFirst();
    if (holder != null) {
      try {
        world.sql("KILL " + holder + ";");
        world.count(Edge.LOCK_KILLED, true);
      } catch (IllegalStateException gone) {
        // Its runner was quicker.
      }
    }
  }

  /** A runner sleeps; a host that does not see its lock takes over; the first wakes and goes on. */
  private void fencedOff() throws IOException, InterruptedException {
    var before = world.runners.fenced();
    for (int i = 0; i < TRIES && world.runners.fenced() == before; i++) {
      var sleeper = charging(world.main());
      world.runners.signal(sleeper, "STOP");
      var epoch = epoch();
      start(world.standby());
      world.within(SOON, () -> epoch() > epoch);
      world.runners.signal(sleeper, "CONT");
      world.runners.await(sleeper);
    }
    world.weather(World.CALM);
  }

  /** While it charges. */
  private void lockIsLost() throws IOException, InterruptedException {
    charging(world.main());
    killLock();
    world.weather(World.CALM);
  }

  /** While it charges. */
  private void connectionsAreCut() throws IOException, InterruptedException {
    charging(world.main());
    for (var host : world.hosts) {
      world.count(Edge.CONNECTIONS_CUT, host.database().cut());
    }
    world.weather(World.CALM);
  }

  /** In the middle of charging, nobody answers at the gateway's door. */
  private void gatewayAway() throws IOException, InterruptedException {
    charging(world.main());
    world.door.refuse();
    Thread.sleep(500 + world.random.nextInt(2000));
    world.door.accept();
    world.weather(World.CALM);
  }

  /** The reply to a claim's COMMIT comes later than its permit lasts. */
  private void permitExpires() throws IOException, InterruptedException {
    world.runners.killAll();
    var host = world.anyHost();
    var before = expired();
    for (int i = 0; i < TRIES && expired() == before; i++) {
      host.node().delayClaim(LONGER_THAN_A_PERMIT);
      world.due(20);
      start(host);
      world.within(SOON, () -> expired() > before);
    }
  }

  private long expired() {
    return world.around.count("SELECT COUNT(*) FROM charge_events WHERE evidence LIKE '%permit%'");
  }

  /** Requests are lost on their way to a gateway that remembers nothing, and are sent again. */
  private void keysForgotten() throws IOException, InterruptedException {
    world.runners.killAll();
    world.weather(World.FORGETFUL);
    var faults = world.around.gateway().faults();
    faults.next(Match.CHARGE, Fault.of(Fault.Kind.RESET_BEFORE), LOST);
    world.due(LOST);
    start(world.main());
    world.within(SOON, () -> world.repeats() > 0);
    faults.clear();
    world.weather(World.CALM);
  }

  /**
   * Charges whose replies are lost with their runner: some are given back at the gateway before
   * anybody here knows of them, some, of those that stand there, are settled by a person before the
   * next run.
   */
  private void refundedUnseen() throws IOException, InterruptedException {
    world.runners.killAll();
    world.weather("key-life=4s,latency=20ms,lag=400ms,duplicate-window=0ms");
    var gateway = world.around.gateway();
    gateway.faults().next(Match.CHARGE, Fault.of(Fault.Kind.RESET_AFTER), LOST);
    var before = lost().size();
    world.due(12);
    start(world.main());
    world.within(SOON, () -> lost().size() >= before + LOST);
    world.runners.killAll();
    gateway.faults().clear();
    var keys = new ArrayList<>(lost().subList(before, lost().size()));
    keys.sort(Comparator.comparing(this::stands));
    for (var key : keys.subList(0, keys.size() / 2)) {
      gateway.ledger().underKey(key).forEach(charge -> gateway.ledger().reverse(charge.id()));
    }
    operator.settleByHand(keys.subList(keys.size() / 2, keys.size()));
    world.weather(World.CALM);
  }

  /** In the middle of charging, some of what is still to be charged is paid by other ways. */
  private void paidMeanwhile() throws IOException, InterruptedException {
    charging(world.main());
    for (var id :
        world.around.rows(
            "SELECT invoice_id FROM charge_attempts WHERE state = 'PENDING' ORDER BY id DESC LIMIT"
                + " 5")) {
      world.sql("UPDATE invoices SET amount_due = 0 WHERE id = %s;".formatted(id));
      world.count(Edge.PAID_ELSEWHERE, true);
    }
    world.weather(World.CALM);
  }

  private boolean stands(String key) {
    return world.around.gateway().ledger().underKey(key).stream().anyMatch(Charge::standing);
  }

  /** The keys of charges that were made and whose replies were lost. */
  private List<String> lost() {
    return world.around.gateway().ledger().arrivals().stream()
        .filter(a -> a.operation() == Operation.CHARGE && a.fault() == Fault.Kind.RESET_AFTER)
        .map(Arrival::key)
        .distinct()
        .toList();
  }

  /** Somebody gives two invoices' money back, and the app asks for that of one again. */
  void refundedAndDueAgain() {
    var settled =
        world.around.rows(
            "SELECT CONCAT_WS('|', gateway_transaction_id, invoice_id) FROM charge_attempts a"
                + " WHERE state = 'SETTLED' AND released_at IS NULL AND EXISTS (SELECT 1 FROM"
                + " invoices i WHERE i.id = a.invoice_id AND amount_due = 0) ORDER BY id DESC"
                + " LIMIT 2");
    for (var row : settled) {
      var parts = row.split("\\|", -1);
      world.around.gateway().ledger().reverse(parts[0]);
      if (row.equals(settled.getFirst())) {
        world.sql("UPDATE invoices SET amount_due = 10 WHERE id = " + parts[1] + ";");
      }
    }
  }

  /** More of them than a slow rail takes to decide. */
  void daysPass() {
    world.sql(
        "UPDATE charge_attempts SET settling_until = settling_until - INTERVAL 8 DAY"
            + " WHERE state = 'SENT' AND settling_until IS NOT NULL;");
  }

  /** A runner in the middle of charging, with so much to do that it stays there for seconds. */
  private Runners.Runner charging(World.Host host) throws IOException, InterruptedException {
    world.runners.killAll();
    world.weather("key-life=4s,latency=300ms,lag=100ms,duplicate-window=0ms");
    world.due(80);
    var ledger = world.around.gateway().ledger();
    var before = ledger.charges().size();
    var runner = start(host);
    world.within(SOON, () -> ledger.charges().size() > before);
    return runner;
  }

  private Runners.Runner start(World.Host host) throws IOException {
    return world.runners.start(host, "charge", "--wait", "5s");
  }

  private long epoch() {
    return world.around.count("SELECT epoch FROM billing_fence");
  }
}
