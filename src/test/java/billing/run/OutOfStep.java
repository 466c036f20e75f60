package billing.run;

import billing.gateway.Gateway;
import billing.model.Account;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.GatewayReply;
import billing.model.Money;
import billing.model.Order;
import billing.model.Sends;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/** The gateway, the books and our tables, each brought out of step with the others. */
final class OutOfStep {

  static final String CALM = "latency=5ms,lag=50ms,duplicate-window=0ms";
  static final String FORGETFUL = CALM + ",idempotency=off";

  /** Our rows are lost; the app's stay as they are. */
  static final String OURS_FORGET =
      """
      SET FOREIGN_KEY_CHECKS = 0;
      TRUNCATE TABLE charge_events;
      TRUNCATE TABLE outbox_emails;
      TRUNCATE TABLE charge_differences;
      TRUNCATE TABLE billing_listings;
      TRUNCATE TABLE charge_attempts;
      """;

  /** The app's are lost; ours stay as they are. */
  static final String APP_FORGETS =
      """
      DELETE FROM payments;
      DELETE FROM transactions;
      UPDATE invoices SET amount_due = amount;
      """;

  private OutOfStep() {}

  static Scene calm(String kind) {
    var scene = new Scene(CALM);
    scene.kind = kind;
    return scene;
  }

  /** The queue is filled and nothing is claimed: the run dies before its first claim. */
  static void queueOnly(Scene scene) {
    queueOnly(scene, 1);
  }

  static void queueOnly(Scene scene, int attemptNo) {
    scene.schema.owner(
        """
        INSERT INTO charge_attempts
               (invoice_id, attempt_no, state, amount, amount_minor, currency, customer_ref, payment_ref, gateway, account_id,
                live_mode, protocol, installation, charge_key, as_of, run_no, created_at)
        SELECT '1001', %1$d, 'PENDING', 79, 7900, 'USD', 'cus_1001', 'pm_card_visa', i.gateway, COALESCE(i.account_id, ''),
               i.live_mode, 1, i.installation, 'SHOP-1001-%1$d', '2026-11-23', 1, NOW(6)
          FROM billing_installation i LIMIT 1;
        """
            .formatted(attemptNo));
  }

  /** Somebody charges past us, and names it as he likes. */
  static String chargeByHand(
      Scene scene, String key, String invoice, String installation, String customer, String card) {
    var reply = replyByHand(scene, key, invoice, installation, customer, card);
    return ((GatewayReply.Approved) reply).transactionId();
  }

  static GatewayReply replyByHand(
      Scene scene, String key, String invoice, String installation, String customer, String card) {
    try (var gateway = scene.gateway()) {
      var reply =
          gateway.charge(attempt(gateway, key, invoice, installation, customer, card), () -> true);
      // Until the listing shows it: a run that begins at once would be quicker than the lag.
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
      return reply;
    }
  }

  private static Attempt attempt(
      Gateway gateway,
      String key,
      String invoice,
      String installation,
      String customer,
      String card) {
    var order =
        new Order(
            new ChargeKey(key),
            invoice,
            1,
            installation,
            new Money(7900, Currency.of("USD").orElseThrow()),
            customer,
            card,
            null,
            new Account(gateway.kind(), null, false),
            gateway.protocol());
    var now = Instant.now();
    return new Attempt(
        order, AttemptState.SENT, 1, new Sends("?"), now, now, null, null, 0, null, 1);
  }

  static String installation(Scene scene) {
    return scene.schema.one("SELECT DISTINCT installation FROM billing_installation");
  }

  /** The kinds of the differences that wait for a person. */
  static List<String> open(Scene scene) {
    return scene.schema.column("SELECT kind FROM charge_differences WHERE state = 'OPEN'");
  }

  static ComparisonReport comparison(ChargeReport report) {
    return Objects.requireNonNull(report.comparison());
  }
}
