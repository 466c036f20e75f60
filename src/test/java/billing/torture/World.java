package billing.torture;

import billing.model.Timings;
import billing.sandbox.Charge;
import billing.sandbox.Operation;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is tortured: a database, a gateway and a mail server, each behind a line that can be
 * stalled, and two hosts, enrolled both, whose runners charge.
 */
final class World implements AutoCloseable {

  /** A machine that charges, and its way to the database. */
  record Host(Path settings, Path witness, DatabaseProxy node, Line database) {

    /** The last run that the witness in its state.dir knows. */
    long epoch() throws IOException {
      return Files.readAllLines(witness).stream()
          .filter(line -> line.startsWith("epoch="))
          .mapToLong(line -> Long.parseLong(line.substring("epoch=".length())))
          .findFirst()
          .orElse(0);
    }
  }

  static final String LOCK = "billing:shop";
  static final String CALM = "key-life=4s,latency=20ms,lag=100ms,duplicate-window=0ms";
  static final String REFUSING = "key-life=4s,latency=20ms,lag=100ms,duplicate-window=2s";
  static final String FORGETFUL = CALM + ",idempotency=off,duplicate-override=off";

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

  private final Path data;
  private final Map<Edge, Integer> edges = new EnumMap<>(Edge.class);
  private final Map<Edge, Integer> remembered = new EnumMap<>(Edge.class);
  private final List<String> problems = new ArrayList<>();
  private final Map<Long, String> entered = new HashMap<>();

  /** How many requests had arrived when the gateway forgot its keys; none: it knows them. */
  private OptionalInt forgot = OptionalInt.empty();

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
    data = directory.resolve("mariadb").resolve("data");
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
    settings.put("recovery.wait", "8s");
    settings.put("mail.port", Integer.toString(mail.port()));
    var file = directory.resolve(name + ".properties");
    Files.move(around.settings(gateway, settings), file);
    return new Host(file, state.resolve("witness-shop"), node, database);
  }

  /** The tables are there, and both hosts are admitted. */
  void enroll() throws IOException, InterruptedException {
    must(runners.start(main(), "migrate", "-q"));
    around.grant();
    for (var host : hosts) {
      must(runners.start(host, "enroll", "--because", "torture", "-q"));
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
    edges.merge(Edge.KEYS_FORGOTTEN, repeats(), Integer::sum);
    forgot =
        line.startsWith(FORGETFUL)
            ? OptionalInt.of(around.gateway().ledger().arrivals().size())
            : OptionalInt.empty();
    around.gateway().faults().weather(Weather.parse(line));
  }

  /** Charges, since the gateway forgot its keys, whose key had come before them. */
  int repeats() {
    var from = forgot.orElse(Integer.MAX_VALUE);
    var known = new HashSet<String>();
    var repeats = 0;
    var number = 0;
    for (var arrival : around.gateway().ledger().arrivals()) {
      var isNew = arrival.operation() != Operation.CHARGE || known.add(arrival.key());
      repeats += number++ >= from && !isNew ? 1 : 0;
    }
    return repeats;
  }

  void count(Edge edge, boolean happened) {
    if (happened) {
      edges.merge(edge, 1, Integer::sum);
    }
  }

  /** What the history tells by now: a restore takes some of it away. */
  void remember() {
    Verdict.events(around).forEach((edge, count) -> remembered.merge(edge, count, Math::max));
  }

  /** The most that the history has told of each. */
  Map<Edge, Integer> remembered() {
    return remembered;
  }

  /** How often what was counted as it happened. */
  Map<Edge, Integer> edges() {
    return edges;
  }

  /** What went wrong before the end, in words. */
  List<String> problems() {
    return problems;
  }

  int invoices() {
    return entered.size();
  }

  Snapshot snapshot() throws IOException {
    return Snapshot.take(around.database(), data);
  }

  /** As the database's administrator, past the lines. */
  void sql(String script) {
    around.database().run("USE shop;\n" + script);
  }

  /** More invoices are due, some with a card that is declined, or that takes days. */
  void due(int more) {
    var script = new StringBuilder();
    for (int i = 0; i < more; i++) {
      long id = 1001L + entered.size();
      var sql =
          """
          INSERT INTO customers (id, name, email, customer_ref, payment_ref)
          VALUES (%1$d, 'Customer %1$d', 'c%1$d@example.org', 'cus_%1$d', '%2$s');
          INSERT INTO invoices (id, customer_id, amount, amount_due, currency, due_on)
          VALUES (%1$d, %1$d, 10, 10, 'USD', '%3$s');
          """
              .formatted(id, card(id), LocalDate.now(ZoneOffset.UTC));
      entered.put(id, sql);
      script.append(sql);
    }
    sql(script.toString());
  }

  /**
   * The app's own people know by heart what a restored database has lost.
   *
   * @return how many invoices they enter once more
   */
  int reenter() {
    var there = new HashSet<>(around.rows("SELECT id FROM invoices"));
    var lost = entered.keySet().stream().filter(id -> !there.contains(id.toString())).toList();
    lost.forEach(id -> sql(entered.getOrDefault(id, "")));
    return lost.size();
  }

  private String card(long id) {
    var stripe = gateway.equals("stripe");
    return switch (random.nextInt(40)) {
      case 0, 1, 2, 3 ->
          stripe ? "pm_card_chargeDeclinedInsufficientFunds" : "V-DECLINE-202-" + id / 2;
      case 4 -> stripe ? "pm_usBankAccount_processing_" + id : "V-HELD-" + id;
      default -> stripe ? "pm_card_visa" : "V" + id / 2;
    };
  }

  /** The gateway's own people decide about a charge that it holds. */
  void decide(Charge held) {
    var approved = random.nextBoolean();
    var stripe = gateway.equals("stripe");
    var code = approved ? "100" : stripe ? "generic_decline" : "200";
    around.gateway().ledger().decide(held.id(), approved, code, approved ? "SUCCESS" : "DECLINE");
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
