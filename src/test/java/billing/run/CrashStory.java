package billing.run;

import billing.gateway.Gateway;
import billing.model.Attempt;
import billing.run.Tripwire.Way;
import billing.sandbox.Charge.State;
import billing.sandbox.Match;
import billing.store.DatabaseTrouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** One case with its two invoices, from the first blow to the last mail. */
final class CrashStory {

  private static final int RUNS = 8;
  private static final int RUNS_UNTIL_CURED = 20;
  private static final int LONGEST_DEATH_SECONDS = 30;

  private final CrashLane lane;
  private final Scene scene;
  private final CrashCase given;
  private final int tried;
  private final int good;
  private final CrashJudge judge;
  private final List<Tripwire> wires = new ArrayList<>();
  private final List<String> ran = new ArrayList<>();
  private final Random accidents;

  CrashStory(CrashLane lane, CrashCase given) {
    this.lane = lane;
    this.scene = lane.scene;
    this.given = given;
    this.tried = lane.nextInvoice();
    this.good = lane.nextInvoice();
    this.judge =
        new CrashJudge(
            scene,
            List.of(tried, good),
            given.outcome() == CrashOutcome.TWINS,
            given.back() == null);
    this.accidents = new Random(given.seed());
  }

  void live() {
    try {
      begin();
      for (var blow : given.blows()) {
        struck(blow);
        judge.atOnce();
      }
      judge.noteWhatMayBeToldAgain(wires.stream().map(Tripwire::point).toList());
      finish();
      judge.atTheEnd(given.outcome().ends());
    } catch (AssertionError | IOException | InterruptedException | RuntimeException e) {
      throw new AssertionError(account(e), e);
    }
  }

  /** How its runs ended; grows with it. */
  List<String> ran() {
    return ran;
  }

  /** What the first run said to the world. */
  List<String> crossed() {
    return wires.getFirst().crossed();
  }

  /** The points at which runs were struck. */
  List<String> struckAt() {
    return wires.stream().filter(Tripwire::tripped).map(Tripwire::point).toList();
  }

  private void begin() {
    lane.set(given.remembers());
    var card = String.valueOf(given.outcome().card(given.kind()));
    var twins = given.outcome() == CrashOutcome.TWINS;
    scene.invoice(tried, "79.00", numbered(card, tried));
    scene.invoice(good, "79.00", twins ? numbered(card, tried) : numbered(scene.good(), good));
    scene
        .sandbox
        .faults()
        .next(Match.CHARGE.key("SHOP-" + tried + "-1").nth(1), given.outcome().fault());
  }

  private String numbered(String card, int number) {
    return lane.isStripe() ? card : card + number;
  }

  /** One run with a wire under it. */
  private void struck(CrashCase.Blow blow) throws IOException, InterruptedException {
    Map<Path, byte[]> before = new HashMap<>();
    var past = new Past(given.back(), scene.schema);
    var wire =
        new Tripwire(
            blow.at(),
            blow.way(),
            () -> {
              before.putAll(witness());
              past.commits();
            });
    wires.add(wire);
    wire.onGoingBack(past::comesBack);
    var late = Duration.ofMillis(List.of(5, 40, 150, 500).get(accidents.nextInt(4)));
    try (var database = new Border(scene.schema.port(), Speech.Sql::new, wire, late);
        var money = new Border(lane.gatewayPort(), Speech.Http::new, wire, late);
        var mail = new Border(scene.mail.port(), Speech.Mail::new, wire, late)) {
      var end = new AtomicReference<String>("never ended");
      var run = lane.through(database.port(), money.port(), mail.port());
      var thread = new Thread(() -> end.set(runThrough(run, wire)));
      wire.onDeath(thread::interrupt);
      thread.start();
      if (blow.way() == Way.ASLEEP) {
        sleepThrough(wire, thread, past);
      }
      thread.join(Duration.ofSeconds(LONGEST_DEATH_SECONDS));
      ran.add(end.get());
      if (thread.isAlive()) {
        throw new AssertionError("its threads did not come to an end");
      }
      if (wire.broken() != null) {
        throw new AssertionError("the restore failed", wire.broken());
      }
      if (!wire.isDead() && !end.get().matches("(?s)(exit (?!1 )|RunRefused|DatabaseTrouble).*")) {
        throw new AssertionError("it lived on and ended as a bug: " + end.get());
      }
    }
    if (blow.way() == Way.UNWITNESSED && wire.point().startsWith("gateway: POST")) {
      for (var file : before.entrySet()) {
        Files.write(file.getKey(), file.getValue());
      }
    }
    if (wire.isDead()) {
      past.comesBack();
    }
  }

  private String runThrough(Scene run, Tripwire wire) {
    try (var pool = run.database();
        var gateway = watched(run.gateway(), wire)) {
      return told(run.run(pool, gateway).run(order()));
    } catch (RuntimeException e) {
      return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
  }

  /** While it sleeps its sessions are dropped, and the standby host does everything. */
  private void sleepThrough(Tripwire wire, Thread thread, Past past) throws InterruptedException {
    while (thread.isAlive()) {
      if (wire.awaitSleep(20)) {
        if (given.back() == null) {
          dropSessions(accidents.nextBoolean());
        } else {
          past.comesBack();
        }
        ran.add("standby " + runOf(lane.standby));
        break;
      }
    }
    wire.thaw();
  }

  private String runOf(Scene host) {
    try {
      return told(host.charge(order()));
    } catch (RunRefused e) {
      return told(e);
    } catch (DatabaseTrouble e) {
      return "DatabaseTrouble: " + e.getMessage();
    }
  }

  private static String told(RunRefused refused) {
    return "RunRefused " + refused.exitCode() + ": " + refused.message();
  }

  private static String told(ChargeReport report) {
    return "exit %d %s %s".formatted(report.exitCode(), report.findings(), report.trouble());
  }

  private void dropSessions(boolean lockOnly) {
    var schema = scene.schema;
    var lock = schema.one("SELECT IS_USED_LOCK('billing:" + schema.schema() + "')");
    schema.kill(lockOnly ? List.of(lock) : schema.sessions());
  }

  private Map<Path, byte[]> witness() {
    var found = new HashMap<Path, byte[]>();
    try (var files = Files.list(scene.stateDir)) {
      for (var file : files.filter(f -> !f.toString().endsWith(".lock")).toList()) {
        found.put(file, Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /**
   * Normal runs, until nothing is in doubt; where the database went back, its cure between them.
   */
  private void finish() throws InterruptedException {
    var runs = given.back() == null ? RUNS : RUNS_UNTIL_CURED;
    for (int i = 0; i < runs; i++) {
      judge.letTimePassForMails();
      var end = runOf(scene);
      ran.add(end);
      var refused = given.back() != null && end.matches("(?s)(exit|RunRefused) 6.*");
      if (refused) {
        Thread.sleep(500);
        ran.add("reconcile " + reconciled());
      } else if (!end.matches("(?s)(exit [0348] |RunRefused 8).*")) {
        throw new AssertionError("a normal run does not end well: " + end);
      }
      judge.atOnce();
      if (!refused && judge.isDone()) {
        return;
      }
      decide();
    }
    throw new AssertionError("still in doubt after " + runs + " runs");
  }

  private String reconciled() {
    try {
      var report = scene.reconcile();
      return told(report.run()) + (report.curing() instanceof Curing.Done ? ", cured" : "");
    } catch (RunRefused e) {
      return told(e);
    }
  }

  /** What the gateway holds is decided there by hand. */
  private void decide() {
    var ledger = scene.sandbox.ledger();
    for (var charge : ledger.charges()) {
      if (charge.state() == State.HELD && charge.invoice().equals("" + tried)) {
        var stripe = lane.isStripe();
        ledger.decide(charge.id(), true, stripe ? "succeeded" : "100", stripe ? "" : "SUCCESS");
      }
    }
  }

  private ChargeOrder order() {
    return new ChargeOrder(Scene.TODAY, Set.of(), Integer.MAX_VALUE, Duration.ofSeconds(3));
  }

  private String account(Throwable why) {
    var text = new StringBuilder("\n" + given + ": " + why.getMessage() + "\n");
    text.append("again: ").append(given.words()).append('\n');
    for (var wire : wires) {
      text.append("struck at: ").append(wire.point()).append('\n');
    }
    ran.forEach(line -> text.append("run: ").append(line).append('\n'));
    text.append(judge.evidence());
    for (var wire : wires) {
      var crossed = wire.crossed();
      text.append("the last crossings:\n");
      crossed
          .subList(Math.max(0, crossed.size() - 25), crossed.size())
          .forEach(c -> text.append("  ").append(c).append('\n'));
    }
    return text.toString();
  }

  /** The last step before the permit is looked at: a process may be stopped there, too. */
  private static Gateway watched(Gateway gateway, Tripwire wire) {
    InvocationHandler door =
        (proxy, method, arguments) -> {
          if (method.getName().equals("charge")) {
            aboutToSend((Attempt) arguments[0], wire);
          }
          try {
            return method.invoke(gateway, arguments);
          } catch (InvocationTargetException e) {
            throw e.getTargetException();
          }
        };
    return (Gateway)
        Proxy.newProxyInstance(
            Gateway.class.getClassLoader(), new Class<?>[] {Gateway.class}, door);
  }

  private static void aboutToSend(Attempt attempt, Tripwire wire) {
    try {
      switch (wire.cross("about to send " + attempt.key())) {
        case ASLEEP -> wire.awaitWaking();
        case AFTER, REPLY_LOST, LATE -> wire.die();
        case PASS, BEFORE, UNWITNESSED, CUT, DROPPED, DELAYED, GONE_BACK -> {}
      }
    } catch (IOException dead) {
      // No byte of it passes any border.
    }
  }
}
