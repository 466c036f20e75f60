package billing.run;

import billing.gateway.Gateway;
import billing.model.Attempt;
import billing.model.Timings;
import billing.run.Tripwire.Way;
import billing.sandbox.Charge.State;
import billing.sandbox.Match;
import billing.sandbox.Weather;
import billing.store.DatabaseTrouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
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

/**
 * A schema, a gateway and a mail server in which one crash story after the other happens, each with
 * two invoices of its own.
 */
final class CrashLane implements AutoCloseable {

  private static final Duration PERMIT = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofMillis(1200);
  private static final Duration PROCESSING = Duration.ofMillis(250);
  private static final Duration LAG = Duration.ofMillis(60);
  private static final Duration TRANSIT = Duration.ofMillis(100);
  private static final Duration SKEW = Duration.ofSeconds(1);
  private static final Duration WINDOW = Duration.ofSeconds(1);
  private static final Duration INDETERMINATE = Duration.ofMillis(4500);
  private static final Duration RECOVERY = Duration.ofSeconds(7);
  private static final int RUNS = 8;
  private static final int LONGEST_DEATH_SECONDS = 30;

  /** Of everything before a "not found" counts. */
  static final Duration HORIZON =
      PERMIT.plus(TIMEOUT).plus(TRANSIT).plus(PROCESSING).plus(LAG).plus(SKEW);

  private final String kind;
  final Scene scene;
  private final Scene standby;
  private int next = 1001;
  private List<String> lastRuns = List.of();

  CrashLane(String kind) {
    this.kind = kind;
    scene = new Scene("latency=2ms");
    scene.kind = kind;
    scene.concurrency = 2;
    scene.recoveryWait = RECOVERY;
    // With the usual patience: a machine that is busy is not what is tried here.
    scene.timeout = Duration.ofSeconds(20);
    scene.enroll();
    scene.timeout = TIMEOUT;
    try {
      standby = new Scene(scene, Files.createTempDirectory("billing-standby-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    standby.kind = kind;
    standby.host = "app2";
    standby.concurrency = 2;
    standby.recoveryWait = RECOVERY;
    standby.timeout = Duration.ofSeconds(20);
    standby.enroll();
    standby.timeout = TIMEOUT;
  }

  /** How many crossings a run has that nothing happens to. */
  List<String> crossings(CrashCase config) {
    var story = new Story(config.with(0, Way.PASS));
    story.live();
    return story.wires.getFirst().crossed();
  }

  /**
   * Lives through it, and judges.
   *
   * @return the points at which the runs were struck
   * @throws AssertionError with the whole story, where an invariant does not hold
   */
  List<String> live(CrashCase given) {
    var story = new Story(given);
    lastRuns = story.ran;
    story.live();
    return story.wires.stream().filter(Tripwire::tripped).map(Tripwire::point).toList();
  }

  /** How the runs of the last story ended. */
  List<String> lastRuns() {
    return lastRuns;
  }

  @Override
  public void close() {
    scene.close();
  }

  /** One case with its two invoices. */
  private final class Story {
    private final CrashCase given;
    private final int tried = next++;
    private final int good = next++;
    private final CrashJudge judge = new CrashJudge(scene, List.of(tried, good));
    private final List<Tripwire> wires = new ArrayList<>();
    private final List<String> ran = new ArrayList<>();
    private final Random accidents;

    Story(CrashCase given) {
      this.given = given;
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

    private void begin() {
      var faults = scene.sandbox.faults();
      faults.clear();
      var window = kind.equals("nmi") && given.remembers() ? WINDOW : Duration.ZERO;
      faults.weather(
          Weather.parse(
              "latency=2ms,lag=%dms,duplicate-window=%dms,idempotency=%s"
                  .formatted(LAG.toMillis(), window.toMillis(), given.remembers() ? "on" : "off")));
      var timings =
          new Timings(
              PERMIT, TRANSIT, PROCESSING, LAG, SKEW, Duration.ofMillis(80), window, INDETERMINATE);
      scene.timings = timings;
      standby.timings = timings;
      var card = String.valueOf(given.outcome().card(kind));
      var other = given.outcome() == CrashOutcome.TWINS ? card : scene.good();
      scene.invoice(tried, "79.00", numbered(card, tried));
      scene.invoice(
          good, "79.00", numbered(other, given.outcome() == CrashOutcome.TWINS ? tried : good));
      faults.next(Match.CHARGE.key("SHOP-" + tried + "-1").nth(1), given.outcome().fault());
    }

    private String numbered(String card, int number) {
      return kind.equals("nmi") ? card + number : card;
    }

    /** One run with a wire under it. */
    private void struck(CrashCase.Blow blow) throws IOException, InterruptedException {
      Map<Path, byte[]> before = new HashMap<>();
      var wire = new Tripwire(blow.at(), blow.way(), () -> before.putAll(witness()));
      wires.add(wire);
      var late = Duration.ofMillis(List.of(5, 40, 150, 500).get(accidents.nextInt(4)));
      try (var database = new Border(scene.schema.port(), Speech.Sql::new, wire, late);
          var money = new Border(gatewayPort(), Speech.Http::new, wire, late);
          var mail = new Border(scene.mail.port(), Speech.Mail::new, wire, late)) {
        var end = new AtomicReference<String>("never ended");
        var thread = new Thread(() -> end.set(runThrough(database, money, mail, wire)));
        wire.onDeath(thread::interrupt);
        thread.start();
        if (blow.way() == Way.ASLEEP) {
          sleepThrough(wire, thread);
        }
        thread.join(Duration.ofSeconds(LONGEST_DEATH_SECONDS));
        ran.add(end.get());
        if (thread.isAlive()) {
          throw new AssertionError("its threads did not come to an end");
        }
      }
      if (blow.way() == Way.UNWITNESSED && wire.point().startsWith("gateway: POST")) {
        for (var file : before.entrySet()) {
          Files.write(file.getKey(), file.getValue());
        }
      }
    }

    private int gatewayPort() {
      return kind.equals("stripe")
          ? scene.sandbox.stripeUrl().getPort()
          : scene.sandbox.nmiUrl().getPort();
    }

    private String runThrough(Border database, Border money, Border mail, Tripwire wire) {
      var run = new Scene(scene, scene.stateDir);
      run.kind = kind;
      run.host = scene.host;
      run.concurrency = 2;
      run.timeout = TIMEOUT;
      run.recoveryWait = scene.recoveryWait;
      run.timings = scene.timings;
      run.mortal = true;
      run.login = scene.schema.settingsThrough(database.port());
      run.gatewayUrl = URI.create("http://127.0.0.1:" + money.port());
      run.mailPort = mail.port();
      try (var pool = run.database();
          var gateway = watched(run.gateway(), wire)) {
        return told(run.run(pool, gateway).run(order()));
      } catch (RuntimeException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
      }
    }

    /** While it sleeps its sessions are dropped, and the standby host does everything. */
    private void sleepThrough(Tripwire wire, Thread thread) throws InterruptedException {
      while (thread.isAlive()) {
        if (wire.awaitSleep(20)) {
          dropSessions(accidents.nextBoolean());
          ran.add("standby " + runOf(standby));
          break;
        }
      }
      wire.thaw();
    }

    private String runOf(Scene host) {
      try {
        return told(host.charge(order()));
      } catch (RunRefused e) {
        return "RunRefused " + e.exitCode() + ": " + e.message();
      } catch (DatabaseTrouble e) {
        return "DatabaseTrouble: " + e.getMessage();
      }
    }

    private static String told(ChargeReport report) {
      return "exit %d %s %s".formatted(report.exitCode(), report.findings(), report.trouble());
    }

    private void dropSessions(boolean lockOnly) {
      var schema = scene.schema;
      var lock = schema.one("SELECT IS_USED_LOCK('billing:" + schema.schema() + "')");
      var lost = lockOnly ? List.of(lock) : schema.sessions();
      for (var id : lost) {
        if (schema.sessions().contains(id)) {
          schema.admin("KILL " + id + ";");
        }
      }
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

    /** Normal runs, until nothing is in doubt. */
    private void finish() {
      for (int i = 0; i < RUNS; i++) {
        judge.letTimePassForMails();
        var end = runOf(scene);
        ran.add(end);
        if (!end.matches("(?s)(exit [034] |RunRefused 8).*")) {
          throw new AssertionError("a normal run does not end well: " + end);
        }
        judge.atOnce();
        if (judge.isDone()) {
          return;
        }
        decide();
      }
      throw new AssertionError("still in doubt after " + RUNS + " runs");
    }

    /** What the gateway holds is decided there by hand. */
    private void decide() {
      var ledger = scene.sandbox.ledger();
      for (var charge : ledger.charges()) {
        if (charge.state() == State.HELD && charge.invoice().equals("" + tried)) {
          var stripe = kind.equals("stripe");
          ledger.decide(charge.id(), true, stripe ? "succeeded" : "100", stripe ? "" : "SUCCESS");
        }
      }
    }

    private ChargeOrder order() {
      return new ChargeOrder(Scene.TODAY, Set.of(), Integer.MAX_VALUE, Duration.ofSeconds(3));
    }

    private String account(Throwable why) {
      var text = new StringBuilder("\n" + given + ": " + why.getMessage() + "\n");
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
        case PASS, BEFORE, UNWITNESSED, CUT, DROPPED -> {}
      }
    } catch (IOException dead) {
      // No byte of it passes any border.
    }
  }
}
