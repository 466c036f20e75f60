package billing.torture;

import billing.model.Timings;
import billing.sandbox.MailFaults;
import billing.sandbox.SandboxSettings;
import billing.sandbox.Surroundings;
import billing.sandbox.Weather;
import billing.store.DatabaseProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Charges invoices with real processes for a given time, while everything around them is killed,
 * cut off and stopped at random; then lets normal runs drain what is left, and is judged.
 */
final class Torture implements AutoCloseable {

  private static final String CALM = "latency=20ms,lag=100ms,duplicate-window=0ms";
  private static final String STORM =
      ",reset-before=0.03,reset-after=0.06,closed-after=0.03,silent-after=0.01,garbage=0.03"
          + ",truncated=0.03,unavailable=0.02,throttled=0.01,effect-late=0.02:150ms"
          + ",lookup.reset-after=0.05,lookup-fails=0.05,close.reset-after=0.1,seed=";

  /** Short, so that a horizon passes in seconds; the skew is whole, as the gateways' dates are. */
  private static final Timings TIMINGS =
      new Timings(
          Duration.ofMillis(1500),
          Duration.ofMillis(300),
          Duration.ofMillis(300),
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          Duration.ZERO,
          Duration.ofSeconds(8));

  private final String gateway;
  private final Random random;
  private final Path directory;
  private final Surroundings around;
  private final DatabaseProxy proxy;
  private final Runners runners;
  private final Path settings;
  private final Map<Edge, Integer> edges = new EnumMap<>(Edge.class);
  private int invoices;

  private Torture(String gateway, long seed) throws IOException {
    this.gateway = gateway;
    this.random = new Random(seed);
    directory = Files.createTempDirectory(Path.of("target"), "torture-").toAbsolutePath();
    around =
        Surroundings.start(directory, SandboxSettings.DEFAULT.withWeather(Weather.parse(CALM)));
    proxy = new DatabaseProxy(around.database().port());
    runners = new Runners(directory);
    settings =
        around.settings(
            gateway,
            Map.of(
                "db.url",
                "jdbc:mysql://127.0.0.1:" + proxy.port() + "/shop",
                "gateway.timings",
                TIMINGS.text(),
                "gateway.timeout",
                "1s",
                "gateway.rate",
                "0",
                "gateway.concurrency",
                "8",
                "charge.max-declines",
                "100",
                "recovery.wait",
                "15s"));
  }

  /** Tortures, drains and judges. */
  static Verdict run(String gateway, Duration time, long seed)
      throws IOException, InterruptedException {
    try (var torture = new Torture(gateway, seed)) {
      torture.begin();
      torture.torture(System.nanoTime() + time.toNanos());
      torture.edges.put(Edge.COMMIT_AMBIGUOUS, torture.proxy.harms());
      torture.drain();
      return Verdict.of(torture.around, torture.runners, torture.edges, torture.invoices);
    }
  }

  private void begin() throws IOException, InterruptedException {
    must(runners.start(settings, "migrate", "-q"));
    around.grant();
    must(runners.start(settings, "enroll", "--because", "torture", "-q"));
    due(40);
  }

  private void must(Runners.Runner runner) throws IOException, InterruptedException {
    if (runners.await(runner) != 0) {
      throw new IllegalStateException(Files.readString(runner.output()));
    }
  }

  private void torture(long until) throws IOException, InterruptedException {
    while (System.nanoTime() < until) {
      runners.reap();
      if (runners.alive() == 0 || (runners.alive() < 3 && random.nextInt(6) == 0)) {
        runners.start(settings, "charge", "--wait", random.nextBoolean() ? "5s" : "0s");
      }
      Thread.sleep(200 + random.nextInt(800));
      harm();
    }
    runners.goOn();
  }

  private void harm() throws IOException, InterruptedException {
    switch (random.nextInt(24)) {
      case 0, 1, 2 -> count(Edge.RUNNER_KILLED, runners.kill(random));
      case 3 -> databaseDies(Edge.DATABASE_KILLED);
      case 4 -> {
        runners.kill(random);
        databaseDies(Edge.BOTH_KILLED);
      }
      case 5, 6 -> count(Edge.RUNNER_STOPPED, runners.signal(random, "STOP"));
      case 7, 8, 9 -> runners.goOn();
      case 10 -> count(Edge.RUNNER_TOLD_TO_STOP, runners.signal(random, "TERM"));
      case 11, 12 -> {
        proxy.cut();
        count(Edge.CONNECTIONS_CUT, true);
      }
      case 13, 14, 15 -> {
        var harms = DatabaseProxy.Harm.values();
        proxy.harm(harms[random.nextInt(3)], 1 + random.nextInt(20));
      }
      case 16 -> weather(CALM);
      case 17 -> weather(CALM + STORM + random.nextInt(1000));
      case 18 -> {
        weather(CALM + ",idempotency=off,duplicate-override=off" + STORM + random.nextInt(1000));
        count(Edge.KEYS_FORGOTTEN, true);
      }
      case 19 -> {
        weather("latency=20ms,lag=100ms,duplicate-window=2s" + STORM + random.nextInt(1000));
      }
      case 20 -> away();
      case 21 -> paidElsewhere();
      case 22 -> aPersonDecides();
      default -> due(5 + random.nextInt(20));
    }
  }

  private void databaseDies(Edge edge) throws InterruptedException {
    around.database().kill9();
    Thread.sleep(random.nextInt(1500));
    around.database().restart();
    count(edge, true);
  }

  private void away() throws InterruptedException {
    if (random.nextBoolean()) {
      around.mail().misbehave(MailFaults.NONE.refusingConnections());
      count(Edge.MAIL_SERVER_AWAY, true);
      Thread.sleep(random.nextInt(2000));
      around.mail().misbehave(MailFaults.NONE.losingTheAnswerTo(to -> to.hashCode() % 7 == 0));
    } else {
      around.gateway().refuse();
      count(Edge.GATEWAY_AWAY, true);
      Thread.sleep(random.nextInt(2000));
      around.gateway().accept();
    }
  }

  private void weather(String line) {
    around.gateway().faults().weather(Weather.parse(line));
  }

  private void count(Edge edge, boolean happened) {
    if (happened) {
      edges.merge(edge, 1, Integer::sum);
    }
  }

  /** More invoices are due, one in twelve with a card without funds. */
  private void due(int more) {
    var script = new StringBuilder("USE shop;\n");
    for (int i = 0; i < more; i++) {
      var id = 1001 + invoices++;
      var poor = random.nextInt(12) == 0;
      var card =
          gateway.equals("stripe")
              ? poor ? "pm_card_chargeDeclinedInsufficientFunds" : "pm_card_visa"
              : poor ? "V-DECLINE-202-" + id / 2 : "V" + id / 2;
      script.append(
          """
          INSERT INTO customers (id, name, email, customer_ref, payment_ref)
          VALUES (%1$d, 'Customer %1$d', 'c%1$d@example.org', 'cus_%1$d', '%2$s');
          INSERT INTO invoices (id, customer_id, amount, amount_due, currency, due_on)
          VALUES (%1$d, %1$d, 10, 10, 'USD', '%3$s');
          """
              .formatted(id, card, LocalDate.now(ZoneOffset.UTC)));
    }
    around.database().run(script.toString());
  }

  private void paidElsewhere() {
    var id = around.rows("SELECT id FROM invoices WHERE amount_due > 0 ORDER BY RAND() LIMIT 1");
    if (!id.isEmpty()) {
      around
          .database()
          .run(
              "USE shop;\nUPDATE invoices SET amount_due = 0 WHERE id = %s;"
                  .formatted(id.getFirst()));
      count(Edge.PAID_ELSEWHERE, true);
    }
  }

  /** An honest person, who looks at the gateway's own pages first. */
  private void aPersonDecides() throws IOException, InterruptedException {
    for (var key : around.rows("SELECT charge_key FROM charge_attempts WHERE state = 'REVIEW'")) {
      var charges =
          around.gateway().ledger().underKey(key).stream().filter(c -> c.standing()).toList();
      var args = new ArrayList<>(List.of("resolve", key, "--because", "looked at the gateway"));
      args.addAll(
          charges.isEmpty()
              ? List.of("--not-charged")
              : List.of("--settled", charges.getFirst().transactionId()));
      count(Edge.RESOLVED, decided(args));
    }
    for (var id : around.rows("SELECT id FROM charge_differences WHERE state = 'OPEN'")) {
      count(
          Edge.ACCEPTED,
          decided(List.of("resolve", "--difference", id, "--accept", "--because", "seen")));
    }
  }

  private boolean decided(List<String> args) throws IOException, InterruptedException {
    return runners.await(runners.start(settings, args.toArray(new String[0]))) == 0;
  }

  /** Calm at last: normal runs until nothing is in doubt, as the nights after would do. */
  private void drain() throws IOException, InterruptedException {
    weather(CALM);
    around.gateway().accept();
    around.mail().misbehave(MailFaults.NONE);
    proxy.calm();
    for (int i = 0; i < 12; i++) {
      runners.goOn();
      var code = runners.await(runners.start(settings, "charge", "--wait", "1m"));
      if (code == 0 || code == 4) {
        tell();
        return;
      }
    }
    throw new IllegalStateException("still not drained after 12 runs: " + directory);
  }

  /** Hours later: what a sender that died had in hand, or put off, may be sent now. */
  private void tell() throws IOException, InterruptedException {
    around
        .database()
        .run(
            "USE shop;\n"
                + "UPDATE outbox_emails SET leased_until = NULL, leased_by = NULL, not_before ="
                + " NULL WHERE state = 'READY';");
    must(runners.start(settings, "notify"));
  }

  @Override
  public void close() throws IOException {
    runners.close();
    proxy.close();
    around.close();
  }
}
