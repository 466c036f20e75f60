package billing.torture;

import billing.model.Timings;
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
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is tortured: a database, a gateway and a mail server, each behind a line that can be
 * stalled, and two hosts, enrolled both, whose runners charge.
 */
final class World implements AutoCloseable {

  /** A machine that charges, and its way to the database. */
  record Host(Path settings, DatabaseProxy node, Line database) {}

  static final String LOCK = "billing:shop";
  static final String CALM = "latency=20ms,lag=100ms,duplicate-window=0ms";

  /** Short, so that a horizon passes in seconds; the skew is whole, as the gateways' dates are. */
  private static final Timings TIMINGS =
      new Timings(
          Duration.ofMillis(1500),
          Duration.ofSeconds(2),
          Duration.ofMillis(300),
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          Duration.ZERO,
          Duration.ofSeconds(8));

  final String gateway;
  final Random random;
  final Surroundings around;
  final Line door;
  final Line mail;
  final Runners runners;

  /** Two, each with a database node of its own that knows nothing of the other's locks. */
  final List<Host> hosts;

  private final Map<Edge, Integer> edges = new EnumMap<>(Edge.class);
  private int invoices;

  World(String gateway, long seed) throws IOException {
    this.gateway = gateway;
    this.random = new Random(seed);
    var directory = Files.createTempDirectory(Path.of("target"), "torture-").toAbsolutePath();
    around =
        Surroundings.start(directory, SandboxSettings.DEFAULT.withWeather(Weather.parse(CALM)));
    var sandbox = around.gateway();
    door = new Line((gateway.equals("stripe") ? sandbox.stripeUrl() : sandbox.nmiUrl()).getPort());
    mail = new Line(around.mail().port());
    runners = new Runners(directory);
    hosts = List.of(host(directory, "main", null), host(directory, "standby", LOCK));
  }

  private Host host(Path directory, String name, @Nullable String ownLock) throws IOException {
    var node = new DatabaseProxy(around.database().port(), ownLock);
    var database = new Line(node.port());
    var state = Files.createDirectories(directory.resolve("state-" + name));
    var settings = new HashMap<String, String>();
    settings.put("state.dir", state.toString());
    settings.put("state.host", name);
    settings.put("db.url", "jdbc:mysql://127.0.0.1:" + database.port() + "/shop");
    settings.put("gateway.url", "http://127.0.0.1:" + door.port());
    settings.put("gateway.timings", TIMINGS.text());
    settings.put("gateway.timeout", "1s");
    settings.put("gateway.rate", "0");
    settings.put("gateway.concurrency", "8");
    settings.put("charge.max-declines", "100");
    settings.put("recovery.wait", "15s");
    settings.put("mail.port", Integer.toString(mail.port()));
    var file = directory.resolve(name + ".properties");
    return new Host(Files.move(around.settings(gateway, settings), file), node, database);
  }

  /** The tables are there, and both hosts are admitted. */
  void enroll() throws IOException, InterruptedException {
    must(runners.start(main().settings(), "migrate", "-q"));
    around.grant();
    for (var host : hosts) {
      must(runners.start(host.settings(), "enroll", "--because", "torture", "-q"));
    }
  }

  Host main() {
    return hosts.getFirst();
  }

  Host standby() {
    return hosts.getLast();
  }

  Host anyHost() {
    return hosts.get(random.nextInt(hosts.size()));
  }

  void must(Runners.Runner runner) throws IOException, InterruptedException {
    if (runners.await(runner) != 0) {
      throw new IllegalStateException(Files.readString(runner.output()));
    }
  }

  void weather(String line) {
    around.gateway().faults().weather(Weather.parse(line));
  }

  void count(Edge edge, boolean happened) {
    if (happened) {
      edges.merge(edge, 1, Integer::sum);
    }
  }

  /** How often what was counted as it happened. */
  Map<Edge, Integer> edges() {
    return edges;
  }

  int invoices() {
    return invoices;
  }

  /** As the database's administrator, past the lines. */
  void sql(String script) {
    around.database().run("USE shop;\n" + script);
  }

  /** More invoices are due, one in twelve with a card without funds. */
  void due(int more) {
    var script = new StringBuilder();
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
    sql(script.toString());
  }

  /** Whether it came about within so long. */
  boolean within(Duration time, BooleanSupplier what) throws InterruptedException {
    var until = System.nanoTime() + time.toNanos();
    while (!what.getAsBoolean()) {
      if (System.nanoTime() > until) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    runners.close();
    door.close();
    mail.close();
    for (var host : hosts) {
      host.database().close();
      host.node().close();
    }
    around.close();
  }
}
