package billing.gateway;

import billing.model.Account;
import billing.model.Attempt;
import billing.model.AttemptState;
import billing.model.ChargeKey;
import billing.model.Currency;
import billing.model.Money;
import billing.model.Order;
import billing.model.Sends;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The one attempt that the tests of the gateways send: invoice A1001, 19.99 USD. */
public final class Attempts {

  public static final Instant SENT_AT = Instant.parse("2026-11-24T02:00:00Z");

  private Attempts() {}

  public static Attempt attempt() {
    return of(order("19.99", "USD", "cus_9", "pm_7"), "?");
  }

  public static Attempt of(Order order, String sends) {
    return new Attempt(
        order,
        AttemptState.SENT,
        sends.length(),
        new Sends(sends),
        SENT_AT,
        SENT_AT,
        null,
        null,
        0,
        null,
        7);
  }

  public static Order order(
      String amount, String currency, @Nullable String customer, String payment) {
    return new Order(
        new ChargeKey("ACME-A1001-1"),
        "A1001",
        1,
        "inst-1",
        Money.exactly(new BigDecimal(amount), Currency.of(currency).orElseThrow()).orElseThrow(),
        customer,
        payment,
        "Order A-1001",
        new Account("stripe", "acct_1", false),
        1);
  }

  /** A key with nothing else in it, so that a test can look for it in every text. */
  public static GatewaySettings settings(URI url) {
    return settings(url, Duration.ofSeconds(5));
  }

  public static GatewaySettings settings(URI url, Duration timeout) {
    return new GatewaySettings(url, "sk_test_SECRET", 4, timeout, null);
  }
}
