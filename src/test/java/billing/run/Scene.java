package billing.run;

import billing.gateway.Gateway;
import billing.gateway.GatewaySettings;
import billing.gateway.Gateways;
import billing.gateway.Inquiries;
import billing.mail.MailSettings;
import billing.mail.Mailbox;
import billing.mail.Postman;
import billing.mail.Templates;
import billing.model.Currency;
import billing.model.Timings;
import billing.rules.Effect;
import billing.rules.RunState;
import billing.sandbox.MailServer;
import billing.sandbox.MovableClock;
import billing.sandbox.Sandbox;
import billing.sandbox.SandboxSettings;
import billing.sandbox.Weather;
import billing.store.Database;
import billing.store.DatabaseSettings;
import billing.store.RunLock;
import billing.store.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Everything real that a run needs, small: a schema, a gateway, a mail server. */
public final class Scene implements AutoCloseable {

  static final LocalDate TODAY = LocalDate.of(2026, 11, 23);

  /**
   * Long enough for a request on loopback, short enough to wait for a horizon. The skew is a
   * second, since the gateways date in whole ones.
   */
  static final Timings SHORT = timings(Duration.ofMillis(600), Duration.ofMinutes(1));

  final TestDatabase schema;
  final Sandbox sandbox;
  final MailServer mail;

  /** The gateway's; the database has the machine's. */
  final MovableClock gatewayClock;

  Path stateDir;
  String host = "app1";
  final List<Effect> effects = new CopyOnWriteArrayList<>();
  String kind = "stripe";
  int concurrency = 8;
  int maxDeclines = 100;
  int maxDoubts = 100;
  Duration recoveryWait = Duration.ofSeconds(20);
  Duration timeout = Duration.ofSeconds(2);
  Map<Currency, Long> maxAmounts = Map.of();
  Map<Currency, Long> maxTotals = Map.of();
  @Nullable Duration stopAfter;
  int cutoverDays = 10;
  @Nullable Path appSql;
  @Nullable String gatewayKey;

  /** Whether a person's word is to do alone, since the gateway refuses that key. */
  boolean althoughAccountRefused;

  @Nullable Timings timings;
  @Nullable DatabaseSettings login;
  @Nullable URI gatewayUrl;
  @Nullable Integer mailPort;

  /** Set by a test that dies at an effect: what was under way is cut off, as by a kill. */
  Consumer<Effect> trace = effect -> {};

  /** What sees each state of a reconciliation; it may die there, too. */
  Consumer<RunState> watcher = state -> {};

  /** How the advisory lock is taken; a cluster has none. */
  boolean withLock = true;

  /** Whether a lost server is given up after seconds. */
  boolean impatient;

  /** Whether it is given up sooner still, since the run is to die. */
  boolean mortal;

  /** As {@link #SHORT}, with another permit or another wait for what the gateway stored. */
  static Timings timings(Duration permit, Duration indeterminate) {
    return new Timings(
        permit,
        Duration.ofMillis(100),
        Duration.ofMillis(200),
        Duration.ofMillis(400),
        Duration.ofSeconds(1),
        Duration.ofMillis(100),
        Duration.ZERO,
        indeterminate);
  }

  Scene(String weather) {
    this(weather, TestDatabase.fresh());
  }

  Scene(String weather, TestDatabase schema) {
    this(SandboxSettings.DEFAULT, weather, schema);
  }

  Scene(SandboxSettings merchant, String weather, TestDatabase schema) {
    this.schema = schema;
    mail = MailServer.start();
    gatewayClock = new MovableClock();
    sandbox = Sandbox.start(merchant.withClock(gatewayClock).withWeather(Weather.parse(weather)));
    stateDir = freshStateDir();
  }

  /** Under the build's own folder, where it does not outlive it. */
  static Path freshStateDir() {
    try {
      var states = Files.createDirectories(Path.of("target", "states").toAbsolutePath());
      return Files.createTempDirectory(states, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another host of the same installation, still to be enrolled. */
  Scene(Scene of, Path stateDir) {
    host = "app2";
    this.schema = of.schema;
    this.gatewayClock = of.gatewayClock;
    this.sandbox = of.sandbox;
    this.mail = of.mail;
    this.stateDir = stateDir;
  }

  /** One customer and one invoice in US dollars, due today. */
  Scene invoice(int id, String amount, String card) {
    return invoice(id, amount, "USD", card);
  }

  Scene invoice(int id, String amount, String currency, String card) {
    schema.owner(
        """
        INSERT INTO customers (id, name, email, customer_ref, payment_ref)
        VALUES (%1$d, 'Customer %1$d', 'c%1$d@example.org', '%4$s', '%3$s');
        INSERT INTO invoices (id, customer_id, description, amount, amount_due, currency, due_on)
        VALUES (%1$d, %1$d, 'Invoice %1$d', %2$s, %2$s, '%5$s', '2026-11-20');
        """
            .formatted(id, amount, card, "cus_" + id, currency));
    return this;
  }

  Scene invoices(int from, int count, String card) {
    for (int id = from; id < from + count; id++) {
      invoice(id, "79.00", kind.equals("nmi") ? card + id : card);
    }
    return this;
  }

  /** A card that the present gateway approves. */
  String good() {
    return kind.equals("nmi") ? "V" : "pm_card_visa";
  }

  /** A card without funds. */
  String poor() {
    return kind.equals("nmi") ? "V-DECLINE-202-" : "pm_card_chargeDeclinedInsufficientFunds";
  }

  Scene enroll() {
    try (var database = database();
        var gateway = gateway()) {
      new Enroll(database, login(), gateway, settings(), "test").run("a test", Duration.ZERO);
    }
    return this;
  }

  /**
   * In the day, as is usual: at night the horizon after it is over. A host that is enrolled later
   * than another and charges at once would wait for it.
   */
  Scene enrollLongAgo() {
    enroll();
    var witness = stateDir.resolve("witness-" + schema.schema());
    try {
      var text = Files.readString(witness);
      Files.writeString(
          witness, text.replaceAll("(?m)^last_send_at=.*$", "last_send_at=2026-01-01T00:00:00Z"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  ChargeReport charge() {
    return charge(new ChargeOrder(TODAY, Set.of(), Integer.MAX_VALUE, Duration.ZERO));
  }

  ChargeReport charge(ChargeOrder order) {
    try (var database = database();
        var gateway = gateway()) {
      return run(database, gateway).run(order);
    }
  }

  Charge run(Database database, Gateway gateway) {
    return new Charge(
        database,
        patience ->
            withLock
                ? RunLock.take(login(), patience)
                : new RunLock.Taking.Unavailable("as on a cluster"),
        gateway,
        postman(),
        settings(),
        "test",
        state -> {},
        effect -> {
          effects.add(effect);
          trace.accept(effect);
        });
  }

  ReconcileReport reconcile() {
    return reconcile(null, false);
  }

  /** From so long ago; null: since the last complete listing. */
  ReconcileReport reconcile(@Nullable Duration since, boolean withMail) {
    try (var database = database();
        var gateway = gateway()) {
      var from = since == null ? null : database.now().minus(since);
      return reconcile(database, gateway)
          .run(new ReconcileOrder(from, TODAY, withMail, Duration.ZERO));
    }
  }

  ComparisonReport look() throws InterruptedException {
    try (var database = database();
        var gateway = gateway()) {
      return reconcile(database, gateway)
          .look(new ReconcileOrder(null, TODAY, false, Duration.ZERO));
    }
  }

  Reconcile reconcile(Database database, Inquiries gateway) {
    return new Reconcile(database, login(), gateway, postman(), settings(), "test", watcher);
  }

  Database database() {
    if (mortal) {
      return TestDatabase.mortal(login());
    }
    return impatient ? TestDatabase.impatient(login()) : Database.open(login(), 3);
  }

  DatabaseSettings login() {
    return login == null ? schema.settings() : login;
  }

  Gateway gateway() {
    var stripe = kind.equals("stripe");
    var key = stripe ? sandbox.settings().stripeKey() : sandbox.settings().nmiKey();
    return Gateways.open(
        kind,
        new GatewaySettings(
            gatewayUrl != null ? gatewayUrl : stripe ? sandbox.stripeUrl() : sandbox.nmiUrl(),
            gatewayKey == null ? key : gatewayKey,
            concurrency,
            timeout,
            timings == null ? sandbox.timings() : timings));
  }

  Postman postman() {
    var from = Mailbox.parse("billing@shop.example").orElseThrow();
    return new Postman(
        new MailSettings(
            "127.0.0.1",
            mailPort == null ? mail.port() : mailPort,
            null,
            null,
            from,
            MailSettings.Tls.NONE),
        Templates.load(null, ZoneOffset.UTC, from),
        InstantSource.system());
  }

  ChargeSettings settings() {
    return new ChargeSettings(
        "SHOP",
        ZoneOffset.UTC,
        List.of(3, 5, 7),
        maxAmounts,
        maxTotals,
        maxDeclines,
        maxDoubts,
        stopAfter,
        cutoverDays,
        recoveryWait,
        concurrency,
        0,
        timeout,
        appSql,
        stateDir,
        host);
  }

  /** Normal runs, until nothing is in doubt any more. */
  ChargeReport chargeUntilDone() {
    for (int i = 0; i < 5; i++) {
      var report = charge();
      if (report.counts() != null && report.counts().doubts() + report.counts().pending() == 0) {
        return report;
      }
    }
    throw new AssertionError("still in doubt after five runs");
  }

  /** On which what was declined by now for the first time is tried again. */
  static LocalDate retryDay() {
    return LocalDate.now(ZoneOffset.UTC).plusDays(3);
  }

  /** The state of each attempt of an invoice, first to last. */
  List<String> states(int invoice) {
    return schema.column(
        "SELECT state FROM charge_attempts WHERE invoice_id = '"
            + invoice
            + "' ORDER BY attempt_no");
  }

  /** Everything on record about an invoice, for the message of a test that fails. */
  String story(int invoice) {
    return String.join(
        "\n",
        schema.column(
            """
            SELECT CONCAT_WS(' ', e.at, a.charge_key, e.from_state, e.to_state, e.send_no, e.sends, e.evidence)
              FROM charge_events e JOIN charge_attempts a ON a.id = e.attempt_id
             WHERE a.invoice_id = '%d' ORDER BY e.id
            """
                .formatted(invoice)));
  }

  /** The stories of all invoices with an attempt in that state. */
  List<String> storiesIn(String state) {
    return schema
        .column("SELECT invoice_id FROM charge_attempts WHERE state = '" + state + "'")
        .stream()
        .map(id -> story(Integer.parseInt(id)))
        .toList();
  }

  int count(String what) {
    return Integer.parseInt(schema.one("SELECT COUNT(*) FROM " + what));
  }

  /** At every instant: no invoice has two standing charges. */
  void judgeCharges() {
    if (!sandbox.ledger().doubles().isEmpty()) {
      throw new AssertionError("charged twice: " + sandbox.ledger().doubles().keySet());
    }
  }

  /** Money is judged by the ledger, the app's tables and the received mail. */
  void judge() {
    var problems = moneyProblems();
    problems.addAll(History.read(schema).problems(sandbox.ledger().arrivals()));
    if (!problems.isEmpty()) {
      throw new AssertionError(String.join("\n", problems));
    }
  }

  /** The same where the history was lost with the rows. */
  void judgeMoney() {
    var problems = moneyProblems();
    if (!problems.isEmpty()) {
      throw new AssertionError(String.join("\n", problems));
    }
  }

  private List<String> moneyProblems() {
    judgeCharges();
    var problems = new ArrayList<String>();
    for (var charge : sandbox.ledger().standing()) {
      var booked =
          count("payments WHERE gateway_transaction_id = '%s'".formatted(charge.transactionId()));
      if (booked != 1) {
        problems.add(booked + " payments for invoice " + charge.invoice());
      }
    }
    if (count("payments") != sandbox.ledger().standing().size()) {
      problems.add(
          "payments %d, charges %d"
              .formatted(count("payments"), sandbox.ledger().standing().size()));
    }
    var ids = mail.received().stream().map(m -> m.messageId()).toList();
    if (Set.copyOf(ids).size() != ids.size()) {
      problems.add("a mail twice: " + ids);
    }
    return problems;
  }

  @Override
  public void close() {
    sandbox.close();
    mail.close();
  }
}
